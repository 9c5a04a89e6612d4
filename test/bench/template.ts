import type { Value } from '../../src/kernel/value.ts'
import { Environment, type Scope } from '../../src/template/index.ts'

/** Prints how many times a second a 60-line nginx configuration is rendered. */
const source = `# {{ ansible_managed | default('managed') }}
user {{ nginx_user }};
worker_processes {{ workers | default('auto') }};
pid /run/nginx.pid;
error_log {{ log_dir }}/error.log {{ log_level | default('warn') }};

events {
    worker_connections {{ connections }};
    multi_accept {{ 'on' if multi_accept else 'off' }};
}

http {
    include /etc/nginx/mime.types;
    default_type application/octet-stream;
    server_tokens {{ 'on' if tokens | default(false) else 'off' }};
    keepalive_timeout {{ keepalive | default(65) }};
    client_max_body_size {{ body_size | default('1m') | upper }};
{% if gzip %}
    gzip on;
    gzip_types {{ gzip_types | join(' ') }};
{% endif %}

{% for upstream in upstreams %}
    upstream {{ upstream.name }} {
        {{ upstream.balance | default('least_conn') }};
{% for server in upstream.servers %}
        server {{ server.address }}:{{ server.port | default(80) }} weight={{ loop.revindex }}{{ ' backup' if server.backup | default(false) }};
{% endfor %}
    }
{% endfor %}

{% for site in sites | sort(attribute='name') %}
    server {
        listen {{ site.port | default(80) }}{{ ' ssl' if site.tls | default(false) }};
        server_name {{ site.name }}{% for alias in site.aliases | default([]) %} {{ alias }}{% endfor %};
{% if site.tls | default(false) %}
        ssl_certificate /etc/ssl/{{ site.name }}.pem;
        ssl_certificate_key /etc/ssl/{{ site.name }}.key;
{% endif %}
        root {{ site.root | default('/var/www/' ~ site.name) }};
        access_log {{ log_dir }}/{{ site.name | regex_replace('[^a-z.]', '_') }}.log;

        location / {
{% if site.proxy is defined %}
            proxy_pass http://{{ site.proxy }};
            proxy_set_header Host $host;
            proxy_set_header X-Real-IP $remote_addr;
{% else %}
            try_files $uri $uri/ =404;
{% endif %}
        }
{% for location, target in (site.locations | default({})) | dictsort %}
        location {{ location }} {
            return 301 {{ target }};
        }
{% endfor %}
    }
{% endfor %}
}
`

const dict = (entries: Record<string, Value>): Map<Value, Value> => new Map(Object.entries(entries))

const variables = new Map<string, Value>(
  Object.entries({
    nginx_user: 'www-data',
    log_dir: '/var/log/nginx',
    connections: 768,
    multi_accept: true,
    gzip: true,
    gzip_types: ['text/css', 'application/json', 'image/svg+xml'],
    upstreams: [
      dict({
        name: 'app',
        servers: [dict({ address: '10.0.0.1' }), dict({ address: '10.0.0.2', port: 8080, backup: true })],
      }),
    ],
    sites: [
      dict({ name: 'www.example.com', tls: true, port: 443, proxy: 'app', aliases: ['example.com'] }),
      dict({ name: 'static.example.com', locations: dict({ '/old': '/new', '/a': '/b' }) }),
    ],
  }),
)
const scope: Scope = { lookup: (name) => variables.get(name) }

const template = new Environment().compile(source)
for (let i = 0; i < 5_000; i++) template.render(scope)
const rounds = 20_000
const start = performance.now()
for (let i = 0; i < rounds; i++) template.render(scope)
const seconds = (performance.now() - start) / 1000
process.stdout.write(`${Math.round(rounds / seconds)} renders/s of ${source.split('\n').length - 1} lines\n`)
