// The key entered under "Headers" stays in this page's memory.
const defaultQuery = `# Enter a key under "Headers" below, then re-fetch the schema (the round arrow on the left).
{
  freshness { freshUntil closedThrough }
  topN(startTime: "2026-01-01", dimension: CAMPAIGN_ID, topN: 5) {
    rows { campaignId clickCount billableClickCount }
  }
}
`;

ReactDOM.createRoot(document.getElementById('graphiql')).render(React.createElement(GraphiQL, {
  fetcher: GraphiQL.createFetcher({ url: '/graphql' }),
  defaultQuery,
  defaultHeaders: '{ "X-Api-Key": "" }',
  defaultEditorToolsVisibility: 'headers',
  shouldPersistHeaders: false,
}));
