// The process that is ClickHouse: it calls clickhouse-local's entry point in libchdb and keeps it serving HTTP.
// Plain JavaScript, because it is started by path from both src (tests) and dist. Argument: {"config","data","run"}.
// The engine lives as long as its last query, which reads a FIFO that this process holds open; closing it ends the
// engine cleanly. It closes on SIGTERM, SIGINT and stdin's end, and stdin ends whenever the parent does, kill -9 included.
import { execFileSync } from 'node:child_process'
import { closeSync, constants, existsSync, openSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'

const EXIT = { engineFailed: 1, noLibrary: 3 }
const PATIENCE = 15_000
const { config, data, run } = JSON.parse(process.argv[2] ?? '{}')
const hold = join(run, `hold-${process.pid}`)
const portFile = join(run, `port-${process.pid}`)
const quote = text => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
process.umask(0o077)
process.stderr.on('error', () => {}) // the parent may be gone
process.stdout.on('error', () => {})

const { load, DataType } = library()
for (const file of [hold, portFile]) rmSync(file, { force: true })
execFileSync('mkfifo', ['-m', '600', hold])
const held = openSync(hold, 'r+')

const argv = [
  'clickhouse',
  `--config-file=${config}`,
  `--path=${data}`,
  '--http_port=0',
  '--listen_host=127.0.0.1',
  '--query',
  [
    'SYSTEM START LISTEN HTTP',
    `SELECT getServerPort('http_port') INTO OUTFILE ${quote(portFile)} FORMAT TSV`,
    `SELECT * FROM file(${quote(hold)}, 'LineAsString', 'line String') FORMAT Null
     SETTINGS max_execution_time = 0, log_queries = 0, log_comment = 'keeps the server running'`,
  ].join('; '),
]
const running = load({
  library: 'chdb',
  funcName: 'chdb_query_cmdline',
  retType: DataType.External,
  paramsType: [DataType.I32, DataType.StringArray],
  paramsValue: [argv.length, argv],
  runInNewThread: true,
})

let stopping = false
const announcing = setInterval(announce, 10)
process.stdin.resume()
for (const event of ['end', 'close', 'error']) process.stdin.on(event, stop)
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, stop)
running.then(ended, fail)

function library() {
  try {
    const require = createRequire(import.meta.url)
    const ffi = require('ffi-rs')
    ffi.open({ library: 'chdb', path: require('chdb/libchdb').libchdbPath() })
    return ffi
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n`)
    process.exit(EXIT.noLibrary)
  }
}

/** Says the port once the engine has written it: `port 12345` on stdout. */
function announce() {
  const text = existsSync(portFile) ? readFileSync(portFile, 'utf8') : ''
  if (!text.endsWith('\n')) return
  clearInterval(announcing)
  process.stdout.write(`port ${text}`)
}

function stop() {
  if (stopping) return
  stopping = true
  closeSync(held)
  // An engine that is still starting opens the FIFO only now, and would wait for a writer for ever: it gets one that
  // leaves at once.
  setInterval(releaseReader, 20)
  // Leaving in order would wait for the engine's thread, which is what hangs.
  setTimeout(() => process.kill(process.pid, 'SIGKILL'), PATIENCE)
}

function releaseReader() {
  try {
    closeSync(openSync(hold, constants.O_WRONLY | constants.O_NONBLOCK))
  } catch {
    // ENXIO: nobody reads it yet, or no longer.
  }
}

function ended(result) {
  const read = (funcName, retType) =>
    load({ library: 'chdb', funcName, retType, paramsType: [DataType.External], paramsValue: [result] })
  const failed = read('chdb_result_error', DataType.BigInt)
  if (failed) fail(read('chdb_result_error', DataType.String))
  else leave(stopping ? 0 : EXIT.engineFailed)
}

function fail(reason) {
  process.stderr.write(`${reason}\n`)
  leave(EXIT.engineFailed)
}

function leave(code) {
  for (const file of [hold, portFile]) rmSync(file, { force: true })
  process.exit(code)
}
