import { defineModule } from '../kernel/module.ts'
import { SYSTEMD } from './parts/service/systemd-arguments.ts'

/** Ansible's newer name of `systemd`. */
export const module = defineModule({ name: 'systemd_service', ...SYSTEMD })
