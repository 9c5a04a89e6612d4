/**
 * Short names of modules that Ansible knows and that are not here: most are for other systems, and the tasks that name them are skipped
 * on ours. They are no misspellings, so such a task fails only when its turn comes.
 */
const NAMES = `
  dnf dnf5 expect rpm_key subversion sysvinit yum yum_repository
  acl apk archive at bower bundler capabilities cargo composer cpanm django_manage dpkg_divert easy_install filesystem firewalld flatpak
  flatpak_remote gem gconftool2 git_config github_release gluster_volume grafana_dashboard homebrew homebrew_cask homebrew_tap
  interfaces_file ipify_facts iso_extract java_cert java_keystore jboss jenkins_job jenkins_plugin kernel_blacklist keystone_user launchd
  ldap_attr ldap_entry listen_ports_facts lvg lvol lxc_container lxd_container macports mail make maven_artifact mksysb monit nagios netplan
  nmcli npm onepassword_facts openbsd_pkg open_iscsi openssl_certificate openssl_csr openssl_dhparam openssl_pkcs12 openssl_privatekey
  openssl_publickey openssh_keypair opkg osx_defaults pacman pam_limits parted patch pear pids pip_package_info pkg5 pkgin pkgng pkgutil
  portage portinstall puppet redhat_subscription redis rhn_register rhsm_repository rsyslog runit seboolean sefcontext selinux
  selinux_permissive seport slackpkg slack snap snmp_facts ssh_config sudoers supervisorctl svc svr4pkg swdepot swupd synchronize
  sysrc syspatch telegram urpmi vdo x509_certificate xattr xbps xfs_quota xml yarn zfs zfs_facts zpool_facts zypper zypper_repository
  docker_compose docker_container docker_container_info docker_host_info docker_image docker_image_info docker_login docker_network docker_node
  docker_prune docker_secret docker_service docker_stack docker_swarm docker_volume k8s k8s_exec k8s_info helm kubectl podman_container
  mongodb_replicaset mongodb_user postgresql_db postgresql_ext postgresql_info postgresql_lang postgresql_owner postgresql_pg_hba
  postgresql_ping postgresql_privs postgresql_query postgresql_schema postgresql_set postgresql_table postgresql_tablespace postgresql_user
  rabbitmq_exchange rabbitmq_parameter rabbitmq_plugin rabbitmq_policy rabbitmq_queue rabbitmq_user rabbitmq_vhost influxdb_database
  influxdb_user elasticsearch_plugin proxysql_backend_servers vertica_user zabbix_host consul consul_kv etcd3 hashivault_write
  ec2 ec2_ami ec2_eip ec2_elb ec2_elb_lb ec2_facts ec2_group ec2_instance ec2_key ec2_metadata_facts ec2_snapshot ec2_tag ec2_vol ec2_vpc_net
  ec2_vpc_subnet elb_target aws_s3 s3 route53 iam_role rds cloudformation cloudflare_dns digital_ocean digital_ocean_droplet hcloud_server
  linode gce gcp_compute_instance azure_rm_virtualmachine os_server os_network proxmox rax vmware_guest virt virt_net virt_pool vsphere_copy
`

const KNOWN: ReadonlySet<string> = new Set(NAMES.trim().split(/\s+/))

/** Whether a name is that of a module of Ansible or of a collection, which only happens not to be here. */
export function isAbsentModule(written: string): boolean {
  const [namespace, collection, ...name] = written.split('.')
  if (name.length > 0)
    return !(namespace === 'ansible' && /^(builtin|legacy)$/.test(collection!)) || KNOWN.has(name.join('.'))
  return KNOWN.has(written) || written.startsWith('win_')
}
