import type { Event } from '../kernel/event.ts'
import type { Redactor } from '../kernel/secret.ts'

/**
 * An event with every secret in its texts masked. What the event is made of, its keys, type and status, stays as it is: a password
 * such as "host" or "changed" must not make the event unreadable.
 */
export function redactEvent(event: Event, redactor: Redactor): Event {
  return mapped(event, (name, value) => {
    switch (name) {
      case 'type':
      case 'status':
        return value
      case 'task':
        return mapped(value as object, (key, part) => (key === 'kind' ? part : redactor.data(part)))
      case 'changes':
        return (value as readonly object[]).map((change) => mapped(change, (_, part) => redactor.data(part)))
      case 'recap':
      case 'wire':
        return Object.fromEntries(
          Object.entries(value as object).map(([host, counts]) => [redactor.text(host), counts]),
        )
      default:
        return redactor.data(value)
    }
  }) as Event
}

function mapped(object: object, change: (key: string, value: unknown) => unknown): object {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, change(key, value)]))
}
