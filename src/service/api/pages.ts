import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { extname, resolve, sep } from 'node:path'
import { pipeline } from 'node:stream'
import { HttpError, matches, sendText } from '../http/answer.js'

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.map': 'application/json; charset=utf-8',
  '.webmanifest': 'application/manifest+json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.txt': 'text/plain; charset=utf-8',
}
/** Files that carry a hash in their name never change. */
const HASHED = /[-.][\w-]{8,}\.\w+$/
const NO_PAGE = `This is rtdash. The dashboard page is not built here; the data is at
  /api/metrics         the metrics and their newest values
  /events?metric=NAME  a stream
  /healthz             how the service is
`

/** Sends a file of the built page; a few plain lines at `/` where there is none. Throws HttpError 404. */
export async function sendPage(
  req: IncomingMessage,
  res: ServerResponse,
  webDir: string | undefined,
  pathname: string,
): Promise<void> {
  const file = webDir === undefined ? undefined : locate(webDir, pathname)
  const info = file === undefined ? undefined : await stat(file).catch(() => undefined)
  if (!file || !info?.isFile()) {
    if (pathname === '/') return sendText(res, NO_PAGE)
    throw new HttpError(404, 'not_found', `nothing is at ${pathname}`)
  }
  const etag = `"${info.size.toString(36)}-${Math.floor(info.mtimeMs).toString(36)}"`
  const headers = {
    ETag: etag,
    'Cache-Control':
      pathname.startsWith('/assets/') && HASHED.test(file) ? 'public, max-age=31536000, immutable' : 'no-cache',
  }
  if (matches(req.headers['if-none-match'], etag)) {
    res.writeHead(304, headers).end()
    return
  }
  res.writeHead(200, {
    ...headers,
    'Content-Type': TYPES[extname(file)] ?? 'application/octet-stream',
    'Content-Length': info.size,
    'X-Content-Type-Options': 'nosniff',
    'X-Frame-Options': 'SAMEORIGIN',
    'Referrer-Policy': 'no-referrer',
  })
  if (req.method === 'HEAD') res.end()
  else pipeline(createReadStream(file), res, () => {})
}

/** The file of a path, inside the folder or undefined. */
function locate(webDir: string, pathname: string): string | undefined {
  let path: string
  try {
    path = decodeURIComponent(pathname)
  } catch {
    return undefined
  }
  if (path.includes('\0') || path.split(/[\\/]/).some(part => part.startsWith('.'))) return undefined
  const root = resolve(webDir)
  const file = resolve(root, `.${path === '/' ? '/index.html' : path}`)
  return file.startsWith(root + sep) ? file : undefined
}
