import { execa } from 'execa'

/** Programs of the machine, by the Debian packages that bring them. */
const PACKAGES = {
  java: 'default-jre-headless',
  mvn: 'maven',
  python3: 'python3 python3-pip',
  'redis-server': 'redis-server',
  openssl: 'openssl',
} as const

export type Tool = keyof typeof PACKAGES

/** Kafka 4 needs Java 17; under Java 25 Flink 2.2's SQL gateway does not start. */
const JAVA = { from: 17, below: 25 }

/** Throws an error that names every missing program and how to get it. */
export async function requireTools(engine: string, tools: readonly Tool[]): Promise<void> {
  const wrong: string[] = []
  const packages: string[] = []
  for (const tool of tools) {
    const problem = await (tool === 'java' ? javaProblem() : toolProblem(tool))
    if (!problem) continue
    wrong.push(problem)
    packages.push(PACKAGES[tool])
  }
  if (wrong.length === 0) return
  throw new Error(
    `${engine} cannot run here: ${wrong.join('; ')}. ` +
      `\`npm run setup:tests\` installs what is missing, or on Debian: apt-get install ${packages.join(' ')}`,
  )
}

async function toolProblem(tool: Tool): Promise<string | undefined> {
  // pip is a package of its own on Debian.
  const args = tool === 'python3' ? ['-m', 'pip', '--version'] : [tool === 'openssl' ? 'version' : '--version']
  const { failed } = await execa(tool, args, { reject: false })
  return failed ? `${[tool, ...args.slice(0, -1)].join(' ')} does not run` : undefined
}

async function javaProblem(): Promise<string | undefined> {
  const { failed, stderr } = await execa('java', ['-version'], { reject: false })
  if (failed) return 'java does not run'
  const major = Number(/version "(\d+)/.exec(stderr)?.[1])
  if (major >= JAVA.from && major < JAVA.below) return undefined
  return `java is version ${major}, and it must be at least ${JAVA.from} and below ${JAVA.below}`
}
