import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Compiles once and quickly: what lives for a minute or two never earns back a better compilation, which takes a core. */
export const QUICK_START = '-XX:TieredStopAtLevel=1'

/** Writes a logging configuration for one of the engines, which all use log4j 2. Returns the flag that makes Java use it. */
export function loggingFlag(dir: string, level: 'INFO' | 'WARN', loggers: Readonly<Record<string, string>>): string {
  const file = join(dir, 'log4j2.xml')
  const own = Object.entries(loggers).map(([name, at]) => `<Logger name="${name}" level="${at}"/>`)
  const pattern = '%d{HH:mm:ss,SSS} %-5p %c{1} %m%n'
  writeFileSync(
    file,
    `<Configuration status="WARN">
<Appenders><Console name="OUT"><PatternLayout pattern="${pattern}"/></Console></Appenders>
<Loggers>${own.join('')}<Root level="${level}"><AppenderRef ref="OUT"/></Root></Loggers>
</Configuration>\n`,
  )
  return `-Dlog4j2.configurationFile=${file}`
}
