import { arg, args } from '../../../kernel/schema.ts'

/** The arguments of Ansible's `pip` module. */
export const pipSchema = args(
  {
    name: arg.list('Packages, each with what is asked of its version, or URLs'),
    version: arg.str('The version of the package'),
    requirements: arg.str('A file of requirements on the host'),
    virtualenv: arg.path('The virtual environment to install into; made when it is missing'),
    virtualenv_site_packages: arg.bool('Whether a new one sees the packages of the system', { default: false }),
    virtualenv_command: arg.path('What makes one', { default: 'virtualenv' }),
    virtualenv_python: arg.str('The Python of a new one'),
    state: arg.choice(['absent', 'forcereinstall', 'latest', 'present'], 'Whether they are installed', {
      default: 'present',
    }),
    extra_args: arg.str('More arguments for pip'),
    editable: arg.bool('Whether it is installed as editable', { default: false }),
    chdir: arg.path('The folder to work in'),
    executable: arg.path('The pip to use'),
    umask: arg.str('The umask, in octal'),
  },
  {
    oneOf: [['name', 'requirements']],
    exclusive: [
      ['name', 'requirements'],
      ['executable', 'virtualenv'],
    ],
  },
)

export type PipArgs = ReturnType<typeof pipSchema.check>
