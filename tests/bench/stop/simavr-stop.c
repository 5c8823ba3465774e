/* The stop trials of sweep.ts in simavr. A recorded load is done to the part; at each trial the process forks once per stop pin, so
 * every trial starts from the same undisturbed run. simavr's interrupt entry costs nothing: 5 cycles are added as the part takes them,
 * and 4 more out of sleep. argv: flash.bin trace trials pins. Out: one line per trial, one latency in cycles per pin. */
#include <avr_adc.h>
#include <avr_ioport.h>
#include <avr_uart.h>
#include <sim_avr.h>
#include <sim_interrupts.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ENTRY = 5, WAKE = 4, START_UP = 1600000, HOST_CHARACTER = 640, SENSOR_CHARACTER = 1360, OVERSHOOT = 16, GIVE_UP = 8000, FLASH = 0x40000, MAX_PINS = 4 };
/* Data addresses, and bits. */
enum { PORTA = 0x22, EICRA = 0x69, EICRB = 0x6A, TCCR4A = 0xA0, PORTH = 0x102, ENABLE = 0x04, COMPARES = 0xF0, PWM_LEGS = 0x18 };

typedef struct { uint64_t at; char kind; int a, b; } Input;

static avr_t *avr;
static Input *trace;
static size_t inputs, next_input;
static int asleep;
static avr_irq_t *line[4];

static void no_sleep(avr_t *a, avr_cycle_count_t howlong) { (void)a; (void)howlong; }
static void quiet(avr_t *a, const int level, const char *format, va_list args) { (void)a; (void)level; (void)format; (void)args; }

static avr_irq_t *leg(int port, int bit) { return avr_io_getirq(avr, AVR_IOCTL_IOPORT_GETIRQ("ABCDEFGHJKL"[port]), (unsigned)bit); }

static void on_running(avr_irq_t *irq, uint32_t value, void *p) {
  (void)irq; (void)p;
  if (value == 0) return;
  avr->cycle += ENTRY + (asleep ? WAKE : 0);
  asleep = 0;
}

/* Told as an external pull as well, or the program's own pull-ups would win over what drives the leg. */
static void set_leg(int port, int bit, int high) {
  static avr_ioport_external_t outside[11];
  avr_ioport_external_t *const pull = &outside[port];
  pull->name = (unsigned long)"ABCDEFGHJKL"[port];
  pull->mask |= 1u << bit;
  pull->value = high ? pull->value | 1u << bit : pull->value & ~(1u << bit);
  avr_ioctl(avr, AVR_IOCTL_IOPORT_SET_EXTERNAL(pull->name), pull);
  avr_raise_irq(leg(port, bit), high ? 1 : 0);
}

/* A leg that is low before its sense is set to an edge makes simavr 1.6 interrupt for ever (its level poll looks at nothing else), so
 * the legs of INT0-7 are driven from the moment on at which the program has set their senses. */
static struct { int waits, level; } held[2][8];

static int senses_set(int port) { return avr->data[port == 3 ? EICRA : EICRB] != 0; }

static void drive(int port, int bit, int high) {
  if ((port == 3 || port == 4) && !senses_set(port)) {
    held[port - 3][bit].waits = 1;
    held[port - 3][bit].level = high;
  } else set_leg(port, bit, high);
}

static void drive_held(void) {
  for (int port = 3; port <= 4; port++) {
    if (!senses_set(port)) continue;
    for (int bit = 0; bit < 8; bit++) {
      if (held[port - 3][bit].waits) set_leg(port, bit, held[port - 3][bit].level);
      held[port - 3][bit].waits = 0;
    }
  }
}

static void apply(const Input *input) {
  if (input->kind == 'p') drive(input->a / 8, input->a % 8, input->b);
  else if (input->kind == 'b') avr_raise_irq(line[input->a], (uint32_t)input->b);
  else avr_raise_irq(avr_io_getirq(avr, AVR_IOCTL_ADC_GETIRQ, (unsigned)(ADC_IRQ_ADC0 + input->a)), (uint32_t)input->b);
}

/* A cycle timer, so that a sleeping part wakes for it. */
static avr_cycle_count_t act(avr_t *a, avr_cycle_count_t when, void *p) {
  (void)when; (void)p;
  while (next_input < inputs && trace[next_input].at <= a->cycle) apply(&trace[next_input++]);
  return next_input < inputs ? trace[next_input].at : 0;
}

/* simavr 1.6 counts a parity bit that is not there: 11 bits a character. */
static void correct_characters(void) {
  for (avr_io_t *io = avr->io_port; io; io = io->next) {
    if (io->kind == NULL || strcmp(io->kind, "uart") != 0) continue;
    avr_uart_t *const uart = (avr_uart_t *)io;
    uart->cycles_per_byte = uart->name == '0' ? HOST_CHARACTER : SENSOR_CHARACTER;
  }
}

/* One instruction or one leap through sleep. */
static void step(void) {
  if (avr->state == cpu_Sleeping) asleep = 1;
  const int state = avr_run(avr);
  if (avr->cycle < START_UP) {
    drive_held();
    correct_characters();
  }
  if (state == cpu_Running && avr->state == cpu_Running && !avr->interrupt_state) asleep = 0;
  if (state == cpu_Done || state == cpu_Crashed) { fprintf(stderr, "simavr stopped at %x\n", avr->pc); exit(3); }
}

static avr_cycle_count_t hold(avr_t *a, avr_cycle_count_t when, void *p) { (void)a; (void)p; return when + 1; }

/* A leap through sleep ends at the next timer: this one keeps it from passing the mark. */
static void run_to(uint64_t cycle) {
  avr_cycle_timer_register(avr, cycle > avr->cycle ? cycle - avr->cycle : 1, hold, NULL);
  while (avr->cycle < cycle) step();
  avr_cycle_timer_cancel(avr, hold, NULL);
}

static avr_cycle_count_t open_contact(avr_t *a, avr_cycle_count_t when, void *p) {
  (void)a; (void)when;
  avr_raise_irq((avr_irq_t *)p, 1);
  return 0;
}

static int is_off(void) {
  return !(avr->data[PORTA] & ENABLE) && !(avr->data[TCCR4A] & COMPARES) && !(avr->data[PORTH] & PWM_LEGS);
}

static int stop_cycles(uint64_t at, unsigned lead, int pin) {
  if (lead > 0) {
    avr_irq_t *const others[] = {leg(4, 4), leg(4, 5), leg(1, 4)};
    for (size_t i = 0; i < 3; i++) {
      avr_raise_irq(others[i], 0);
      avr_cycle_timer_register(avr, at - lead - avr->cycle, open_contact, others[i]);
    }
  }
  avr_irq_t *const contact = leg(3, pin);
  avr_cycle_timer_register(avr, at - avr->cycle, open_contact, contact);
  while (avr->cycle < at || !is_off()) {
    step();
    if (avr->cycle > at + GIVE_UP) return -1;
  }
  return (int)(avr->cycle - at);
}

static void read_trace(const char *path) {
  FILE *const file = fopen(path, "r");
  if (!file) exit(1);
  size_t room = 0;
  Input input;
  while (fscanf(file, "%lu %c %d %d", &input.at, &input.kind, &input.a, &input.b) == 4) {
    if (inputs == room) trace = realloc(trace, (room = room ? 2 * room : 4096) * sizeof *trace);
    trace[inputs++] = input;
  }
  fclose(file);
}

static void power_up(const char *image) {
  static uint8_t flash[FLASH];
  FILE *const file = fopen(image, "rb");
  if (!file || fread(flash, 1, FLASH, file) != FLASH) exit(1);
  fclose(file);
  avr = avr_make_mcu_by_name("atmega2560");
  avr_init(avr);
  avr->frequency = 16000000;
  avr->vcc = avr->avcc = avr->aref = 5000;
  avr_loadcode(avr, flash, FLASH, 0);
  avr->codeend = avr->flashend;
  avr->sleep = no_sleep;
  for (int i = 0; i < 4; i++) {
    uint32_t flags = 0;
    avr_ioctl(avr, AVR_IOCTL_UART_SET_FLAGS('0' + i), &flags);
    line[i] = avr_io_getirq(avr, AVR_IOCTL_UART_GETIRQ('0' + i), UART_IRQ_INPUT);
  }
  for (int vector = 1; vector < 57; vector++) {
    avr_irq_t *const irq = avr_get_interrupt_irq(avr, (uint8_t)vector);
    if (irq) avr_irq_register_notify(irq + AVR_INT_IRQ_RUNNING, on_running, NULL);
  }
}

int main(int argc, char **argv) {
  if (argc != 5) return 1;
  avr_global_logger_set(quiet);
  power_up(argv[1]);
  read_trace(argv[2]);
  act(avr, 0, NULL);
  avr_cycle_timer_register(avr, trace[next_input].at - avr->cycle, act, NULL);
  int *const found = mmap(NULL, MAX_PINS * sizeof *found, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  FILE *const trials = fopen(argv[3], "r");
  if (!trials) return 1;
  uint64_t at;
  unsigned lead;
  const int pins = atoi(argv[4]);
  while (fscanf(trials, "%lu %u", &at, &lead) == 2) {
    run_to(at - lead - OVERSHOOT);
    if (is_off()) { fprintf(stderr, "the motors are off before the trial at %lu\n", at); return 2; }
    for (int pin = 0; pin < pins; pin++) {
      const pid_t child = fork();
      if (child == 0) {
        found[pin] = stop_cycles(at, lead, pin);
        _exit(0);
      }
      waitpid(child, NULL, 0);
      printf("%d%c", found[pin], pin + 1 < pins ? ' ' : '\n');
    }
  }
  return 0;
}
