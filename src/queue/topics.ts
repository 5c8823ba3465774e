import { type Channel, type ChannelName, type CommandName, channels, contractVersion, type Operation } from './contract.ts';

/** The topic of a channel with its placeholders filled in; `+` for a placeholder makes a filter. */
export function topicOf(name: ChannelName, values: { ward: string; robot?: string; counter?: string }): string {
  const { address }: Channel = channels[name];
  return address.replace(/\{(ward|robot|counter)\}/g, (_whole, key) => {
    const value = key === 'ward' ? values.ward : key === 'robot' ? values.robot : values.counter;
    if (value === undefined) throw new RangeError(`the topic ${name} names a ${key}`);
    return value;
  });
}

/** Topics of the ward's queue server: what it announces, and where requests of every robot arrive. */
export function queueTopics(ward: string) {
  const of = (name: ChannelName, robot = '+') => topicOf(name, { ward, robot, counter: '+' });
  return {
    /** Retained, with a will: is the queue server there? Without it a robot would wait for every deadline. */
    connection: of('queueConnection'),
    services: of('services'),
    calls: of('calls'),
    updates: of('updates'),
    /** Retained: what counter `counter` serves now. */
    serving: (counter: number) => topicOf('serving', { ward, counter: String(counter) }),
    anyServing: of('serving'),
    /** Where `robot` sends requests of that operation; of any robot without one. */
    request: (operation: Operation, robot?: string) => of(operation, robot),
    /** Where robots answer commands. */
    commandReplies: (robot?: string) => of('commandReplies', robot),
  };
}

/** Topics of one robot; with `+` of all robots of the ward. */
export function robotTopics(ward: string, robot: string) {
  const of = (name: ChannelName) => topicOf(name, { ward, robot });
  return {
    connection: of('connection'),
    state: of('state'),
    telemetry: of('telemetry'),
    errors: of('errors'),
    logs: of('logs'),
    command: (name: CommandName) => of(`commands/${name}`),
    anyCommand: of('commands/stop').replace(/stop$/, '+'),
    /** Answers to this robot's requests. */
    replies: of('replies'),
  };
}

/** Whether `topic` fits `filter`, of which `+` is any one level. */
export function topicMatches(filter: string, topic: string): boolean {
  const wanted = filter.split('/');
  const levels = topic.split('/');
  return wanted.length === levels.length && wanted.every((level, index) => level === '+' || level === levels[index]);
}

/** The filter for a topic of the contract in whatever version. */
export function anyVersionOf(topic: string): string {
  return topic.replace(`/v${contractVersion}/`, '/+/');
}

/** The robot a topic of this ward belongs to, or null. */
export function robotIdOf(ward: string, topic: string): string | null {
  const [, , topicWard, kind, ...levels] = topic.split('/');
  if (topicWard !== ward) return null;
  return (kind === 'robots' ? levels[0] : levels.at(-1)) ?? null;
}

/** MQTT client id of a robot; one connection per id, so it names ward and robot. */
export function robotClientId(ward: string, robotId: string): string {
  return `letan-robot-${ward}-${robotId}`;
}
