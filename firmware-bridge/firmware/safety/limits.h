/* Every fixed limit of the safety functions, with where it comes from. Limits of one unit arrive in `configure`. */
#ifndef LETAN_SAFETY_LIMITS_H
#define LETAN_SAFETY_LIMITS_H

#define RANGE_NOTHING_MM 65535u
/* A TFmini sends every 10 ms: two frames missing is a failed sensor. */
#define RANGE_STALE_MS 20u
/* TFmini data sheet: below 100, or 0xFFFF when blinded, the distance is not reliable. */
#define TFMINI_MIN_STRENGTH 100u
/* messages.ts: silence of the host begins a controlled stop. */
#define HEARTBEAT_TIMEOUT_MS 100u
/* A portion in a cup bears a host that is late more than a motion does: 250 ms at 25 mL/s are 6 mL, and the caps stand anyway. */
#define DISPENSE_RENEWAL_MS 250u
/* A contact bounces for about 10 ms; 50 ms is still felt as immediate. */
#define BUTTON_DEBOUNCE_MS 50u
/* A turn sweeps the robot's own outline; nearer than this would touch. The larger figure ends the stop. */
#define SIDE_STOP_MM 150u
#define SIDE_RESUME_MM 200u
/* Below this sum or difference of wheel speeds (mm/s) a motion has no direction worth guarding: rounding of the host's odometry. */
#define DIRECTION_DEAD_BAND_MM_S 10
/* 24 V lead-acid: 21.0 V is the deep-discharge limit. Starting currents sag for less than a second; 22.0 V needs a charger. */
#define BATTERY_LOW_MV 21000u
#define BATTERY_RESUME_MV 22000u
#define BATTERY_LOW_MS 1000u

#define CONTROL_PERIOD_MS 10u
#define SPEED_WINDOW 5u
#define FULL_DUTY 799
/* Acceleration a standing person beside the robot is not startled by. */
#define ACCELERATION_MM_S2 500u
/* Wheel at rest: slower than one pulse in 100 ms (about 5 mm/s at 1,910 pulses/m). */
#define STANDSTILL_MS 100u
/* The bridge brakes with both low sides on; then the power goes off whether or not the encoders agree. */
#define BRAKE_LIMIT_MS 500u
/* 30 % duty turns a sound wheel at about 240 mm/s. */
#define ENCODER_FAULT_DUTY 240
#define ENCODER_FAULT_MS 500u

/* YF-S201: at the lowest flow of 1 L/min a pulse comes every 133 ms. */
#define NO_FLOW_MS 1000u
/* The valve closes in 50-100 ms and the pipe drains. */
#define RUN_ON_MS 300u
#define REPORT_PERIOD_MS 100u
/* A spiral turn takes 1-2 s; longer is a jam. */
#define SNACK_TURN_LIMIT_MS 5000u
/* Fall from the top column to the beam: 0.8 m takes 400 ms. */
#define SNACK_FALL_MS 600u
#define SNACK_EXTRA_QUARTERS 3u
/* Leaving and reaching the home switch, free of bounces. */
#define SNACK_HOME_DEBOUNCE_MS 5u

#endif
