import { describe, expect, it } from 'vitest'
import { block, code, prose, shortened } from './markdown.js'

describe('text from a metrics file in Markdown', () => {
  it.each([
    ['<script>alert(1)</script>', '&lt;script&gt;alert(1)&lt;/script&gt;'],
    ['</details> & more', '&lt;/details&gt; &amp; more'],
    ['![x](http://a.b/c)', '\\!\\[x\\](http:/<!-- -->/a.b/c)'],
    ['a | b\n## c', 'a \\| b #<!-- -->#<!-- --> c'],
    ['@everyone #1 GH-1 www.evil.org', '@<!-- -->everyone #<!-- -->1 GH<!-- -->-1 www<!-- -->.evil.org'],
    ['**x** _y_ `z` $w$ ~~v~~', '\\*\\*x\\*\\* \\_y\\_ \\`z\\` \\$w\\$ \\~\\~v\\~\\~'],
    ['a\u202eb\u0007c', 'a·b·c'],
    ['\\|', '\\\\\\|'],
  ])('%j becomes text', (text, expected) => expect(prose(text)).toBe(expected))

  it('stays inside a code span, in a table too', () => {
    expect(code('a')).toBe('`a`')
    expect(code('a`b``c')).toBe('```a`b``c```')
    expect(code('`a')).toBe('`` `a ``')
    expect(code('a|b\nc')).toBe('`a\\|b c`')
  })

  it('stays inside a block', () => {
    expect(block('a\n````\nb', 'sql')).toBe('`````sql\na\n````\nb\n`````')
  })

  it('is cut between characters, never inside one', () => {
    expect(shortened('abc', 3)).toBe('abc')
    expect(shortened('abcd', 3)).toBe('ab…')
    expect(shortened('a😀bc', 3)).toBe('a…')
  })
})
