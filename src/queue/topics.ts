/** Every topic of the contract in one place; `<ward>` and `<robot>` are slugs of the configuration. */

/** Topics of the ward's queue server. Robots publish requests here and listen to what it announces. */
export function queueTopics(ward: string) {
  const base = `letan/v1/${ward}/queue`;
  return {
    base,
    /** Retained, with a will: is the queue server there? Without it a robot would wait for every deadline. */
    connection: `${base}/connection`,
    /** Retained: what is served today. */
    services: `${base}/services`,
    calls: `${base}/calls`,
    /** Where robots answer commands. */
    commandReplies: `${base}/command-replies`,
    /** A request of that operation. */
    request: (operation: string) => `${base}/${operation}`,
    /** Retained: what counter `counter` serves now. */
    serving: (counter: number) => `${base}/counters/${counter}/serving`,
    anyServing: `${base}/counters/+/serving`,
  };
}

/** Topics of one robot. */
export function robotTopics(ward: string, robotId: string) {
  const base = `letan/v1/${ward}/robots/${robotId}`;
  return {
    base,
    /** Retained, QoS 1, with a will. */
    connection: `${base}/connection`,
    /** Retained, QoS 1, on change and every 30 s. */
    state: `${base}/state`,
    /** QoS 0. */
    telemetry: `${base}/telemetry`,
    /** QoS 1. */
    errors: `${base}/errors`,
    /** QoS 1, never retained. */
    commands: `${base}/commands`,
    /** QoS 1: answers to this robot's requests. */
    replies: `${base}/replies`,
  };
}

/** All robots of a ward, for the queue server. */
export function anyRobotTopics(ward: string) {
  return robotTopics(ward, '+');
}

/** The robot id inside one of its topics, or null where the topic is no robot's of this ward. */
export function robotIdOf(ward: string, topic: string): string | null {
  const parts = topic.split('/');
  return parts.length === 6 && parts.slice(0, 4).join('/') === `letan/v1/${ward}/robots` ? (parts[4] ?? null) : null;
}

/** MQTT client id of a robot; one connection per id, so it names ward and robot. */
export function robotClientId(ward: string, robotId: string): string {
  return `letan-robot-${ward}-${robotId}`;
}
