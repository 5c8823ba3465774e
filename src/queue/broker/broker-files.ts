import { aclFile } from './acl.ts';
import { certificateDays, certificatesScript } from './certificates-script.ts';
import { mosquittoConf } from './mosquitto-conf.ts';
import { checkWardBroker, queueServerUser, type WardBroker } from './ward-broker.ts';

export interface BrokerFile {
  name: string;
  text: string;
}

/** Everything a ward's mosquitto needs beside its certificates. Throws `CONFIG_INVALID`. */
export function brokerFiles(broker: WardBroker): BrokerFile[] {
  checkWardBroker(broker);
  return [
    { name: 'mosquitto.conf', text: mosquittoConf(broker) },
    { name: 'acl', text: aclFile(broker) },
    { name: 'certificates.sh', text: certificatesScript(broker) },
  ];
}

/** What a person does with the files. */
export function nextSteps(broker: WardBroker): string {
  const { folder, host, port, robots, operators } = broker;
  const clients = [queueServerUser, ...operators.map(({ name }) => name)];
  const robot = robots[0] ?? 'robot-1';
  return `Next, on a computer that only technicians use:
  1. sh ${folder}/certificates.sh
     makes the ward's authority (ca/) and a key and certificate for the broker and for ${[...clients, ...robots].join(', ')}.
     Take ca/ away to a safe place; whoever has ca/ca.key can be anybody.
On the broker's computer (Debian: apt-get install mosquitto):
  2. copy this folder without ca/ to ${folder}, of certificates/ only ca.crt, broker.crt and broker.key; then
       mkdir -p ${folder}/store && chown -R mosquitto: ${folder}
       systemctl edit mosquitto      # [Service] / ExecStart= / ExecStart=/usr/sbin/mosquitto -c ${folder}/mosquitto.conf
       systemctl restart mosquitto
     After a change of the list of robots: generate again, copy acl, systemctl reload mosquitto. It takes effect at once, also for
     robots that are connected.
On each robot:
  3. copy certificates/ca.crt and its own certificate and key, and name them in its robot file:
       queue:
         brokerUrls: [mqtts://${host}:${port}]
         tls: { caFile: /etc/letan/ca.crt, certificateFile: /etc/letan/${robot}.crt, keyFile: /etc/letan/${robot}.key }
  4. \`letan doctor\` on the robot says whether it gets through.
Certificates end after ${certificateDays} days: \`sh certificates.sh renew <name>\`, then copy key and certificate; a robot takes them without a restart,
mosquitto with \`systemctl reload mosquitto\`.
`;
}
