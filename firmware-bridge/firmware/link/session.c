#include "session.h"
#include "port.h"
#include "version.h"

#define STATE_PERIOD_MS 50u
/* A state frame costs 450 us, a sample of four channels 60: a tick that has had this much to do leaves them to a quieter one. */
#define BUSY_US 400u
#define STATE_PATIENCE_MS 8u
/* The longest answers take 1.5 ms: they wait for a quiet tick, too. */
#define ANSWER_PATIENCE_MS 20u
#define LAST_USER_SYSEX 0x0Fu

void session_init(Session *session, Supervisor *supervisor, const BootReport *boot) {
  *session = (Session){.supervisor = supervisor, .boot = *boot, .identityDue = true};
  session->lastCause = (uint8_t)supervisor_stop_cause(supervisor);
  firmata_init(&session->firmata);
  parser_init(&session->parser);
}

/* A frame goes out whole or not at all. */
static void send(const uint8_t *frame, uint8_t length) {
  if (output_room() >= length) output_write(frame, length);
}

static uint8_t self_test_bits(const BootReport *boot) {
  const uint8_t flash = boot->flashDamaged ? IDENTITY_SELF_TEST_FLASH_DAMAGED : 0;
  const uint8_t ram = boot->ramDamaged ? IDENTITY_SELF_TEST_RAM_DAMAGED : 0;
  return flash | ram;
}

static void send_identity(Session *session) {
  const BootReport *const boot = &session->boot;
  const IdentityMessage identity = {.protocolMajor = PROTOCOL_MAJOR,
                                    .protocolMinor = PROTOCOL_MINOR,
                                    .firmwareMajor = FIRMWARE_MAJOR,
                                    .firmwareMinor = FIRMWARE_MINOR,
                                    .firmwarePatch = FIRMWARE_PATCH,
                                    .dictionaryHash = DICTIONARY_HASH,
                                    .resetCause = (uint8_t)boot->resetCause,
                                    .previousUptimeMs = boot->previous.uptimeMs,
                                    .previousStopCause = (uint8_t)boot->previous.lastStopCause,
                                    .previousStopAtMs = boot->previous.lastStopAtMs,
                                    .selfTest = self_test_bits(boot)};
  uint8_t frame[MAX_FIRMWARE_FRAME_BYTES];
  send(frame, encode_identity(&identity, session->seq++, frame));
}

static void send_ack(Session *session, uint8_t seq, uint8_t id, AckResult result) {
  const AckMessage ack = {.ackedSeq = seq, .ackedId = id, .result = (uint8_t)result};
  uint8_t frame[MAX_FIRMWARE_FRAME_BYTES];
  send(frame, encode_ack(&ack, session->seq++, frame));
}

static void send_report(Session *session, const DispenseReportMessage *report) {
  uint8_t frame[MAX_FIRMWARE_FRAME_BYTES];
  send(frame, encode_dispenseReport(report, session->seq++, frame));
}

static void send_state(Session *session, const Load *load) {
  const uint32_t rejected = (uint32_t)session->rejected + session->parser.rejected;
  StateMessage state = {.worstTickUs = load->worstTickUs,
                        .missedTicks = load->missedTicks,
                        .stackFreeBytes = load->stackFreeBytes,
                        .rejectedFrames = rejected > 0xFFFFu ? 0xFFFFu : (uint16_t)rejected,
                        .refusedPinWrites = session->firmata.refusedWrites};
  supervisor_fill_state(session->supervisor, &state);
  uint8_t frame[MAX_FIRMWARE_FRAME_BYTES];
  send(frame, encode_state(&state, session->seq++, frame));
}

static void query_dispense(Session *session, const QueryDispenseMessage *query) {
  DispenseReportMessage report;
  supervisor_query_dispense(session->supervisor, query, &report);
  send_report(session, &report);
}

/* Obeys one whole, checked message. */
static void obey(Session *session, const HostMessage *message) {
  Supervisor *const supervisor = session->supervisor;
  AckResult result;
  switch (message->id) {
    case ID_HELLO:
      session->identityDue = true;
      return;
    case ID_HEARTBEAT:
      supervisor_heartbeat(supervisor, &message->heartbeat);
      return;
    case ID_QUERY_DISPENSE:
      query_dispense(session, &message->queryDispense);
      return;
    case ID_DRIVE:
      result = supervisor_drive(supervisor, &message->drive);
      break;
    case ID_STOP:
      result = supervisor_stop(supervisor);
      break;
    case ID_DISPENSE_WATER:
      result = supervisor_dispense_water(supervisor, &message->dispenseWater);
      break;
    case ID_DISPENSE_SNACK:
      result = supervisor_dispense_snack(supervisor, &message->dispenseSnack);
      break;
    case ID_CONFIGURE:
      result = supervisor_configure(supervisor, &message->configure);
      break;
    default:
      result = ACK_RESULT_UNKNOWN_MESSAGE;
      break;
  }
  send_ack(session, message->seq, message->id, result);
}

static bool acknowledged(uint8_t id) {
  return id != ID_HELLO && id != ID_HEARTBEAT && id != ID_QUERY_DISPENSE;
}

static void take_frame(Session *session, const uint8_t *bytes, uint8_t length) {
  HostMessage message = {.id = 0, .seq = 0};
  const FrameFault fault = decode_host_frame(bytes, length, &message);
  if (fault == FRAME_OK) {
    obey(session, &message);
    return;
  }
  if (session->rejected < 0xFFFFu) session->rejected++;
  /* Whole frames are answered, so that the host learns why at once; damaged ones cannot be trusted to name themselves. */
  if (fault == FRAME_RANGE && acknowledged(message.id)) send_ack(session, message.seq, message.id, ACK_RESULT_OUT_OF_RANGE);
  if (fault == FRAME_UNKNOWN_ID) send_ack(session, (uint8_t)(bytes[1] | (uint8_t)(bytes[2] << 7)), bytes[0], ACK_RESULT_UNKNOWN_MESSAGE);
}

static void on_sysex(void *context, const uint8_t *bytes, uint8_t length) {
  Session *const session = context;
  if (bytes[0] >= 1 && bytes[0] <= LAST_USER_SYSEX) take_frame(session, bytes, length);
  else firmata_sysex(&session->firmata, bytes, length);
}

static void on_command(void *context, uint8_t status, uint8_t first, uint8_t second) {
  Session *const session = context;
  firmata_command(&session->firmata, status, first, second);
}

void session_feed(Session *session, uint8_t byte) {
  const ParserReceiver receiver = {.command = on_command, .sysex = on_sysex, .context = session};
  parser_feed(&session->parser, &receiver, byte);
}

static bool state_due(Session *session, bool busy) {
  if (++session->sinceStateMs < STATE_PERIOD_MS) return false;
  return !busy || session->sinceStateMs >= STATE_PERIOD_MS + STATE_PATIENCE_MS;
}

/* What the host is owed in any case: reports and states. Returns whether a state was sent. */
static bool tell(Session *session, const Load *load, bool busy) {
  DispenseReportMessage report;
  if (dispenser_take_report(&session->supervisor->dispenser, &report)) send_report(session, &report);
  const uint8_t cause = (uint8_t)supervisor_stop_cause(session->supervisor);
  if (!state_due(session, busy) && cause == session->lastCause) return false;
  session->sinceStateMs = 0;
  session->lastCause = cause;
  send_state(session, load);
  return true;
}

void session_tick(Session *session, const Load *load) {
  const bool loaded = load->elapsedUs >= BUSY_US;
  const bool sampled = firmata_tick(&session->firmata, loaded);
  const bool told = tell(session, load, loaded || sampled);
  const bool busy = loaded || sampled || told;
  session->busyMs = busy && session->busyMs < ANSWER_PATIENCE_MS ? (uint8_t)(session->busyMs + 1u) : 0;
}

void session_flush(Session *session) {
  if (session->busyMs > 0) return;
  if (firmata_flush(&session->firmata)) return;
  if (!session->identityDue || output_room() < MAX_FIRMWARE_FRAME_BYTES) return;
  session->identityDue = false;
  send_identity(session);
}
