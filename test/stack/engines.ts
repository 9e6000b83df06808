// The real engines, for tests and for `npm run stack`: each on free ports of 127.0.0.1, stopped by the pid it was
// started with, and gone with the process that started it.
export { type FlinkEngine, startFlink } from './flink.js'
export { type KafkaEngine, startKafka } from './kafka.js'
export { type RedisEngine, startRedis } from './redis.js'
