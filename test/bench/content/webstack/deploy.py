"""The same as site.yml for pyinfra. It has no `validate`, no way to ask and no assert: those tasks are left out or commands."""

import io
from pathlib import Path

from jinja2 import Environment
from pyinfra import host
from pyinfra.operations import apt, files, server, systemd

DOMAIN = "www.example.com"
VERSION = "1.4.2"
VARIABLES = {
    "stack_domain": DOMAIN,
    "stack_sites": ["www", "static", "api", "admin"],
    "stack_workers": 4,
    "stack_id": f"{host.name}.{DOMAIN}",
    "app_version": VERSION,
    "app_port": 8080,
    "inventory_hostname": host.name,
}
JINJA = Environment(trim_blocks=True, keep_trailing_newline=True)
HERE = Path(__file__).parent


def template(src, dest, user="root", group="root", mode="0644", **more):
    text = JINJA.from_string((HERE / "templates" / src).read_text()).render(**VARIABLES, **more)
    return files.put(src=io.StringIO(text), dest=dest, user=user, group=group, mode=mode)


def copy(src, dest, user="root", group="root", mode="0644"):
    return files.put(src=f"files/{src}", dest=dest, user=user, group=group, mode=mode)


def folder(path, user="root", group="root", mode="0755"):
    return files.directory(path=path, user=user, group=group, mode=mode)


def any_of(*operations):
    return [lambda: any(operation.changed for operation in operations)]


apt.packages(packages=["nginx-light", "haproxy", "cron", "logrotate", "rsync", "curl", "jq", "unzip"])
server.group(group="deploy", gid=1900)
server.user(user="deploy", uid=1900, group="deploy", shell="/bin/bash", create_home=True, home="/home/deploy", ensure_home=False)
folder("/home/deploy/.ssh", "deploy", "deploy", "0700")
copy("authorized_keys", "/home/deploy/.ssh/authorized_keys", "deploy", "deploy", "0600")
copy("sudoers", "/etc/sudoers.d/deploy", mode="0440")
template("motd.j2", "/etc/motd")
copy("sshd.conf", "/etc/ssh/sshd_config.d/60-example.conf")
sysctl = copy("sysctl.conf", "/etc/sysctl.d/60-example.conf")
copy("limits.conf", "/etc/security/limits.d/60-example.conf")
files.line(path="/etc/login.defs", line=r"^UMASK\s.*", replace="UMASK 027")
files.line(path="/etc/login.defs", line=r"^PASS_MAX_DAYS\s.*", replace="PASS_MAX_DAYS 365")
copy("profile.sh", "/etc/profile.d/example.sh")
folder("/etc/systemd/journald.conf.d")
copy("journald.conf", "/etc/systemd/journald.conf.d/60-example.conf")
copy("crontab", "/etc/cron.d/example")
systemd.service(service="cron", running=True, enabled=True)

folder("/srv/www")
folder("/srv/www/www", "deploy", "www-data", "0750")
folder("/srv/www/static", "deploy", "www-data", "0750")
folder("/srv/www/admin", "deploy", "www-data", "0750")
template("index.html.j2", "/srv/www/www/index.html", "deploy", "www-data", "0640")
copy("static.html", "/srv/www/static/index.html", "deploy", "www-data", "0640")
folder("/etc/nginx/tls", mode="0700")
nginx = [
    copy("tls.conf", "/etc/nginx/tls/options.conf"),
    template("nginx.conf.j2", "/etc/nginx/nginx.conf"),
    copy("gzip.conf", "/etc/nginx/conf.d/gzip.conf"),
    copy("log.conf", "/etc/nginx/conf.d/log.conf"),
    template("upstream.conf.j2", "/etc/nginx/conf.d/upstream.conf"),
    template("site.conf.j2", "/etc/nginx/sites-available/www", site="www"),
    template("site.conf.j2", "/etc/nginx/sites-available/static", site="static"),
    template("site.conf.j2", "/etc/nginx/sites-available/api", site="api"),
    files.link(path="/etc/nginx/sites-enabled/www", target="/etc/nginx/sites-available/www"),
    files.link(path="/etc/nginx/sites-enabled/static", target="/etc/nginx/sites-available/static"),
    files.link(path="/etc/nginx/sites-enabled/api", target="/etc/nginx/sites-available/api"),
    files.link(path="/etc/nginx/sites-enabled/default", present=False),
]
copy("logrotate-nginx", "/etc/logrotate.d/example-nginx")
systemd.service(service="nginx", running=True, enabled=True)

server.group(group="app", gid=1901, system=True)
server.user(user="app", uid=1901, group="app", system=True, shell="/usr/sbin/nologin", home="/srv/app", ensure_home=False)
folder("/srv/app", "app", "app")
folder(f"/srv/app/{VERSION}", "app", "app")
folder("/srv/app/log", "app", "app", "0750")
app = [
    copy("app.sh", f"/srv/app/{VERSION}/app.sh", "app", "app", "0755"),
    files.link(path="/srv/app/current", target=f"/srv/app/{VERSION}"),
    template("app.env.j2", "/etc/default/example-app", "root", "app", "0640"),
    copy("app.service", "/etc/systemd/system/example-app.service"),
]
systemd.service(service="example-app", running=True, enabled=True, daemon_reload=True)

files.line(path="/etc/default/haproxy", line=r"^#\{0,1\}EXTRAOPTS=.*", replace='EXTRAOPTS="-de -m 256"')
folder("/etc/haproxy/pages")
copy("503.http", "/etc/haproxy/pages/503.http")
haproxy = [template("haproxy.cfg.j2", "/etc/haproxy/haproxy.cfg")]
systemd.service(service="haproxy", running=True, enabled=True)

folder("/etc/example")
files.put(
    src=io.StringIO(f"id={host.name}.{DOMAIN}\nrelease={VERSION}\n"),
    dest="/etc/example/host", user="root", group="root", mode="0644",
)
server.shell(commands=["nginx -t -q"])

server.shell(commands=["sysctl -q -p /etc/sysctl.d/60-example.conf"], _if=any_of(sysctl))
systemd.service(service="nginx", reloaded=True, _if=any_of(*nginx))
systemd.service(service="example-app", restarted=True, daemon_reload=True, _if=any_of(*app))
systemd.service(service="haproxy", reloaded=True, _if=any_of(*haproxy))
