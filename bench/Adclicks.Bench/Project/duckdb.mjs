// Groups the lines of a file (time in ms, ad, country) by minute, ad and country: prints rows a second, the most memory held in bytes, the groups and the rows in them.
import { readFileSync } from 'node:fs';
import { DuckDBInstance } from '@duckdb/node-api';

const connection = await (await DuckDBInstance.create(':memory:')).connect();
await connection.run(`CREATE TABLE clicks AS SELECT * FROM read_csv('${process.argv[2]}', header = false, columns = {'clicked_at_ms': 'BIGINT', 'ad': 'VARCHAR', 'country': 'VARCHAR'})`);
const [[rows]] = await (await connection.run('SELECT count(*)::INTEGER FROM clicks')).getRows();
const started = performance.now();
await connection.run('CREATE TABLE minutes AS SELECT clicked_at_ms // 60000 AS minute, ad, country, count(*) AS clicks FROM clicks GROUP BY ALL');
const seconds = (performance.now() - started) / 1000;
const [[groups, counted]] = await (await connection.run('SELECT count(*)::INTEGER, sum(clicks)::INTEGER FROM minutes')).getRows();
// Not maxRSS: that begins with what the parent process held.
const peak = Number(/VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))[1]) * 1024;
console.log(`${Math.round(rows / seconds)} ${peak} ${groups} ${counted}`);
