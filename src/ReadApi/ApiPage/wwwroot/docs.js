// The key entered under "Authorize" stays in this page's memory.
window.SwaggerUIBundle({
  domNode: document.getElementById('api'),
  url: '/openapi/v1.json',
  deepLinking: true,
  docExpansion: 'list',
  defaultModelsExpandDepth: -1,
  displayRequestDuration: true,
  tryItOutEnabled: true,
  syntaxHighlight: { activated: false },
  validatorUrl: null,
});
