/** An answer other than 202: status, code and what to do about it. */
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(message)
  }
}

const later = (seconds: number) => ({ 'retry-after': String(seconds) })

export const problems = {
  badJson: (what: string) =>
    new Problem(400, 'bad_json', `${what}; send one JSON object, an array of objects, or one object per line`),
  badEncoding: (what: string) => new Problem(400, 'bad_encoding', what),
  badKey: () => new Problem(400, 'bad_idempotency_key', 'Idempotency-Key must have 1 to 255 characters'),
  missingToken: () =>
    new Problem(401, 'missing_token', 'send Authorization: Bearer with a write token', {
      'www-authenticate': 'Bearer',
    }),
  wrongToken: () => new Problem(403, 'wrong_token', 'this is not one of the write tokens'),
  unknownSource: (name: string, known: readonly string[]) =>
    new Problem(
      404,
      'unknown_source',
      `there is no source ${JSON.stringify(name.slice(0, 100))}; there ${known.length === 1 ? 'is' : 'are'}: ${known.join(', ') || 'none'}`,
    ),
  wrongMethod: () => new Problem(405, 'method_not_allowed', 'events are sent with POST', { allow: 'POST' }),
  tooLarge: (limit: number) =>
    new Problem(413, 'too_large', `a request holds at most ${limit >> 20} MiB, unpacked and as rows; send several`),
  mediaType: (type: string) =>
    new Problem(
      415,
      'unsupported_media_type',
      `${JSON.stringify(type.slice(0, 100))} is not accepted; send application/json or application/x-ndjson, plain or gzip`,
    ),
  overloaded: () =>
    new Problem(
      429,
      'overloaded',
      'more events are waiting than memory is set aside for; send this request again later',
      later(1),
    ),
  internal: () => new Problem(500, 'internal', 'the request failed inside the service; its log says why'),
  starting: () =>
    new Problem(503, 'starting', 'events of an earlier run are being stored first; send this request again', later(1)),
  noConfiguration: () =>
    new Problem(503, 'no_configuration', 'nothing has been applied yet; run rtdash apply', later(2)),
  stopping: () => new Problem(503, 'stopping', 'the service is stopping; send this request again', later(1)),
  unavailable: (what: string) =>
    new Problem(
      503,
      'backend_unavailable',
      `${what}; send this request again, with the same Idempotency-Key so that it counts once`,
      later(2),
    ),
} as const
