import { connect } from 'node:net'
import { join } from 'node:path'
import { engineFolder } from './folder.js'
import { freePorts } from './ports.js'
import { server } from './server.js'
import { requireTools } from './tools.js'

export interface RedisEngine {
  /** `redis://127.0.0.1:<port>` */
  readonly url: string
  /** kill -9. */
  kill(): Promise<void>
  /** Starts it again after kill(), with what it had acknowledged. */
  start(): Promise<void>
  /** Ends it, and removes its folder if that was a temporary one. */
  stop(): Promise<void>
}

/** Redis on a free port; every write is in its append-only file before it is acknowledged. */
export async function startRedis({ dir: wanted }: { dir?: string } = {}): Promise<RedisEngine> {
  await requireTools('Redis', ['redis-server'])
  const { dir, remove } = engineFolder('redis', wanted)
  const [port] = (await freePorts(1)) as [number]
  const settings = { port, bind: '127.0.0.1', dir, appendonly: 'yes', save: '' }
  const redis = server({
    name: 'Redis',
    command: 'redis-server',
    args: Object.entries(settings).flatMap(([key, value]) => [`--${key}`, String(value)]),
    log: join(dir, 'redis.log'),
    ready: () => answersPing(port),
  })
  await redis.start()
  return {
    url: `redis://127.0.0.1:${port}`,
    kill: redis.kill,
    start: redis.start,
    stop: async () => {
      await redis.stop()
      remove()
    },
  }
}

/** False, too, while it loads its data. */
function answersPing(port: number): Promise<boolean> {
  return new Promise(resolve => {
    const socket = connect(port, '127.0.0.1', () => socket.write('PING\r\n'))
    socket.setTimeout(1000, () => socket.destroy())
    socket.on('data', data => resolve(String(data).startsWith('+PONG')))
    socket.on('data', () => socket.end())
    socket.on('error', () => resolve(false))
    socket.on('close', () => resolve(false))
  })
}
