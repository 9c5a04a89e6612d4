import { defineModule } from '../kernel/module.ts'
import { SYSTEMD } from './parts/service/systemd-arguments.ts'

/** Units of systemd. */
export const module = defineModule({ name: 'systemd', ...SYSTEMD })
