import { expect, test } from 'vitest'
import { selectList } from './selectList.js'

test('commas and FROM count outside of brackets and quotes alone', () => {
  const items = [
    "countIf(kind IN ('a, b', 'it\\'s FROM c')) AS n",
    'sum(if(a > 1, b, (SELECT 1 FROM t))) AS `x, y`',
    "{asof:DateTime64(3, 'UTC')} AS at",
  ]
  const rest = ' FROM shop.events WHERE a IN (1, 2) GROUP BY b, c'
  expect(selectList(`SELECT ${items.join(', ')}${rest}`)).toEqual({ items, rest })
})

test('a SELECT of constants has no rest', () => {
  expect(selectList('SELECT 1, 2')).toEqual({ items: ['1', '2'], rest: '' })
})
