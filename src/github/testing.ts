import { type Api, ApiError } from './api.js'

/** An API that answers from a table of `METHOD path` (without the query), and notes what it was asked. */
export function scriptedApi(answers: Readonly<Record<string, unknown>>): Api & { readonly asked: [string, unknown][] } {
  const asked: [string, unknown][] = []
  return {
    asked,
    async request(method, path, body) {
      const key = `${method} ${path.split('?')[0]}`
      asked.push([key, body])
      const answer = answers[key]
      if (answer instanceof Error) throw answer
      if (answer === undefined) throw new ApiError(404, `${key}: 404`)
      return typeof answer === 'function' ? answer(path) : answer
    },
  }
}
