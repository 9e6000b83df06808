import { describe, expect, it } from 'vitest'
import type { Target } from '../../model/model.js'
import { fullTarget, lint, spanAt } from '../testing.js'
import { secretInFile } from './secret-in-file.js'

const at = (template: string): Target => ({ ...fullTarget, redis: { url: { template, span: spanAt(40) } } })

describe('secret-in-file', () => {
  it.each([
    'redis://:hunter2@redis:6379',
    'https://user:hunter2@host',
    `https://user:pre\${REST}@host`,
    'http://host/?token=abc',
  ])('finds %s, and does not repeat it', template => {
    const [finding, ...more] = lint(secretInFile, { target: at(template) })
    expect(more).toEqual([])
    expect(finding).toMatchObject({ code: 'secret-in-file', span: { line: 40 } })
    expect(`${finding?.message}${finding?.fix}`).not.toContain('hunter2')
  })

  it.each([
    'redis://redis:6379',
    `\${REDIS_URL}`,
    `redis://user:\${REDIS_PASSWORD}@redis`,
    'redis://user@redis',
    `http://host/?token=\${TOKEN}`,
    `\${REDIS_URL:-redis://127.0.0.1:6379}`,
  ])('lets %s be', template => {
    expect(lint(secretInFile, { target: at(template) })).toEqual([])
  })
})
