/* The same latency trials in simavr: edge on PD0 -> level on PH3, in cycles, one number per line. Its interrupt entry costs nothing,
 * so 5 cycles are added as the part takes them, and 4 more out of sleep. argv: program.elf asleep(0/1) then trial offsets. */
#include <avr_ioport.h>
#include <sim_avr.h>
#include <sim_elf.h>
#include <sim_interrupts.h>
#include <stdio.h>
#include <stdlib.h>

static avr_t *avr;
static avr_irq_t *edge;
static uint64_t raised, seen;

static void no_sleep(avr_t *a, avr_cycle_count_t howlong) { (void)a; (void)howlong; }
static void quiet(avr_t *a, const int level, const char *format, va_list args) { (void)a; (void)level; (void)format; (void)args; }
static avr_cycle_count_t raise_edge(avr_t *a, avr_cycle_count_t when, void *p) {
  (void)a; (void)p;
  raised = when;
  avr_raise_irq(edge, 1);
  return 0;
}
static void on_pin(avr_irq_t *irq, uint32_t value, void *p) {
  (void)irq; (void)p;
  if (value && raised && !seen) seen = avr->cycle;
}
static void run_to(uint64_t cycle) {
  while (avr->cycle < cycle) avr_run(avr);
}

int main(int argc, char **argv) {
  elf_firmware_t firmware = {{0}};
  avr_global_logger_set(quiet);
  if (argc < 4 || elf_read_firmware(argv[1], &firmware)) return 1;
  int asleep = atoi(argv[2]);
  avr = avr_make_mcu_by_name("atmega2560");
  avr_init(avr);
  firmware.frequency = 16000000;
  avr_load_firmware(avr, &firmware);
  avr->sleep = no_sleep;
  edge = avr_io_getirq(avr, AVR_IOCTL_IOPORT_GETIRQ('D'), 0);
  avr_raise_irq(edge, 0);
  avr_raise_irq(avr_io_getirq(avr, AVR_IOCTL_IOPORT_GETIRQ('D'), 1), asleep ? 0 : 1);
  avr_irq_register_notify(avr_io_getirq(avr, AVR_IOCTL_IOPORT_GETIRQ('H'), 3), on_pin, NULL);
  run_to(20000);
  for (int i = 3; i < argc; i++) {
    raised = seen = 0;
    avr_cycle_timer_register(avr, (avr_cycle_count_t)atoi(argv[i]), raise_edge, NULL);
    uint64_t limit = avr->cycle + 100000;
    while (!seen && avr->cycle < limit) avr_run(avr);
    if (!seen) return 2;
    printf("%d\n", (int)(seen - raised) + 5 + (asleep ? 4 : 0));
    avr_raise_irq(edge, 0);
    run_to(avr->cycle + 2000);
  }
  return 0;
}
