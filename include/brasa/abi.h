/* The C interface between Brasa and its environments, version 1. Built-in environments and plugins
 * use the same table; a plugin is a shared library that exports `brasa_plugin`. Plain C11, so any
 * language that makes shared libraries can provide environments. In C++, write a struct against
 * brasa/env.h instead and let BRASA_PLUGIN make this table.
 *
 * Conventions
 *   - A batch holds n worlds of equal parameters. Calls name a range [begin, end); arrays are
 * parallel to the range: their first row belongs to world `begin`. N = end - begin, P = players, D
 * = observation elements, K = action components.
 *   - Every function that can fail returns BRASA_OK or an error code and fills *error (world, code
 * and a message of one line). It must not let exceptions, longjmp or signals out.
 *   - Calls on disjoint ranges of one batch may run at the same time from different threads; `copy`
 *     reads one batch and writes another at the same time as calls on other worlds.
 *   - The host checks actions before `step`; a batch whose `step` failed is only destroyed.
 *   - Random numbers come from the stream handed in with each world and from nothing else.
 *   - Growth: functions are appended; test `struct_size` before using one. */
#ifndef BRASA_ABI_H_
#define BRASA_ABI_H_

#include <stddef.h>
#include <stdint.h>

#include "brasa/core/philox.h"

#ifdef __cplusplus
extern "C" {
#endif

#define BRASA_ABI_VERSION 1u

enum {
  BRASA_OK = 0,
  BRASA_ERROR_CONFIG = 1, /* a parameter's value */
  BRASA_ERROR_USAGE = 2,  /* text that does not read as a state or an action, and the like */
  BRASA_ERROR_RULES = 3   /* the environment failed */
};

typedef struct brasa_error {
  int32_t code;
  int32_t world;     /* index in the batch, or -1 */
  char message[504]; /* one line, zero-terminated */
} brasa_error;

enum { BRASA_END_NONE = 0, BRASA_END_TERMINATED = 1 };
enum { BRASA_FLOAT32 = 0, BRASA_UINT8 = 1 };
enum { BRASA_DISCRETE = 0, BRASA_MULTI_DISCRETE = 1, BRASA_BOX = 2 };
enum { BRASA_CLONE_COPY = 0, BRASA_CLONE_REPLAY = 1 };
enum { BRASA_CHANCE = -1 };

enum { BRASA_FIELD_BOOL = 0, BRASA_FIELD_INT = 1, BRASA_FIELD_FLOAT = 2, BRASA_FIELD_TEXT = 3 };

/* One parameter an environment takes. Values travel as text: "true", "8", "0.5", "4x4". The host
 * rejects what type, range or choices forbid and hands every field over, in this order. */
typedef struct brasa_field {
  const char* name;
  int32_t type;
  const char* default_value;
  double min, max;            /* numbers: inclusive range */
  const char* const* choices; /* text: choice_count allowed values; NULL = any */
  int32_t choice_count;
  const char* help;
} brasa_field;

typedef struct brasa_param {
  const char* name;
  const char* value;
} brasa_param;

typedef struct brasa_measure {
  const char* name;
  const char* unit;
} brasa_measure;

/* What the batch is: see brasa/core/spec.h for the meaning of each value. Owned by the batch.
 * Name arrays are NULL or hold one string per element. */
typedef struct brasa_env_spec {
  uint32_t struct_size;
  const char* id;
  const char* summary;
  int32_t players;
  int32_t observation_type;
  int32_t observation_rank;         /* 1 .. 8 */
  int32_t observation_shape[8];     /* row-major */
  const char* const* axis_names;    /* [observation_rank] */
  const char* const* element_names; /* [D] */
  int32_t observation_bounds;       /* length of the two arrays below: 1 or D */
  const float* observation_low;
  const float* observation_high;
  const int32_t* categories; /* [D] or NULL: element i is an id in [0, categories[i]) */
  int32_t action_kind;
  int32_t action_count;         /* discrete: number of ids; else K */
  const int32_t* action_counts; /* multi-discrete: [K] */
  const float* action_low;      /* box: [K] */
  const float* action_high;
  const char* const* action_names; /* [action_count] */
  int32_t max_episode_steps;       /* 0 = no limit */
  int32_t max_legal;               /* 0 = action_count */
  double min_return, max_return;   /* of one player in one episode; may be infinite */
  double reward_threshold;         /* NaN = none */
  int32_t zero_sum;
  int32_t perfect_information;
  int32_t max_chance_outcomes; /* 0 = chance never moves */
  int32_t clone_cost;
  const brasa_measure* measures;
  int32_t measure_count;
  const char* const* player_names; /* [players] */
} brasa_env_spec;

/* A key and the action it stands for: K numbers. The key "" is the action of no key at all. */
typedef struct brasa_control {
  const char* key; /* SDL's key name: "Left", "Space", "a" */
  const double* action;
} brasa_control;

typedef struct brasa_color {
  uint8_t r, g, b, a;
} brasa_color;

/* A drawing surface: brasa/canvas.h as callbacks; pass `context` first. Points are x, y pairs. */
typedef struct brasa_canvas {
  uint32_t struct_size;
  void* context;
  void (*view)(void* context, double x0, double y0, double x1, double y1);
  void (*clear)(void* context, brasa_color color);
  void (*line)(void* context, const double* from_to, double width, brasa_color color);
  void (*polygon)(void* context, const double* points, int32_t count, brasa_color color);
  void (*circle)(void* context, const double* centre, double radius, brasa_color color);
  void (*ring)(void* context, const double* centre, double radius, double width, brasa_color color);
  void (*text)(void* context, const double* at, double height, const char* text, int32_t align,
               brasa_color color);
} brasa_canvas;

/* Receives an exact transition model: sizes first, then start states, then outcomes. */
typedef struct brasa_model_sink {
  void* context;
  void (*sizes)(void* context, int32_t states, int32_t actions);
  void (*start)(void* context, int32_t state, double probability);
  void (*outcome)(void* context, int32_t state, int32_t action, double probability, int32_t next,
                  double reward, int32_t terminated);
} brasa_model_sink;

/* Receives the symmetries of a game, one call each; see brasa::Symmetry in brasa/env.h. observation
 * [D], action [A], chance [chance_count] or NULL. */
typedef struct brasa_symmetry_sink {
  void* context;
  void (*symmetry)(void* context, const int32_t* observation, const int32_t* action,
                   const int32_t* chance, int32_t chance_count);
} brasa_symmetry_sink;

/* Receives the outcomes that chance draws, in order. */
typedef struct brasa_chance_sink {
  void* context;
  void (*drawn)(void* context, int32_t world, int32_t id);
} brasa_chance_sink;

/* n worlds; defined by the environment. */
typedef struct brasa_batch brasa_batch;

/* The table of one environment class. Functions marked optional may be NULL. */
typedef struct brasa_env_class {
  uint32_t abi_version; /* BRASA_ABI_VERSION */
  uint32_t struct_size; /* sizeof(brasa_env_class) */
  const char* id;
  const char* summary;
  const brasa_field* fields;
  int32_t field_count;
  int32_t flat; /* 1 = a snapshot is a copy of a world's memory without padding */

  /* Makes n worlds; none is in an episode until `reset`. `params` holds every field in order. */
  int32_t (*create)(const brasa_param* params, int32_t param_count, int32_t n, brasa_batch** out,
                    brasa_error* error);
  void (*destroy)(brasa_batch* batch);
  const brasa_env_spec* (*spec)(const brasa_batch* batch);
  int32_t (*reset)(brasa_batch* batch, int32_t begin, int32_t end, brasa_rng* rng,
                   brasa_error* error);
  /* actions [N, K] of int32 or float32; rewards [N, P] and ends [N] are overwritten. */
  int32_t (*step)(brasa_batch* batch, int32_t begin, int32_t end, const void* actions,
                  brasa_rng* rng, float* rewards, uint8_t* ends, brasa_error* error);
  /* What player players[i] sees (NULL = player 0): rows [N, D] are overwritten. */
  int32_t (*observe)(const brasa_batch* batch, int32_t begin, int32_t end, const int32_t* players,
                     void* rows, brasa_error* error);
  /* World i of `from` over world j of `to`; equal classes and parameters. */
  int32_t (*copy)(brasa_batch* to, int32_t j, const brasa_batch* from, int32_t i,
                  brasa_error* error);
  /* Bytes `save` writes for this world now. Save and load give a world that continues equally. */
  int64_t (*snapshot_size)(const brasa_batch* batch, int32_t world);
  int32_t (*save)(const brasa_batch* batch, int32_t world, void* bytes, brasa_error* error);
  int32_t (*load)(brasa_batch* batch, int32_t world, const void* bytes, int64_t size,
                  brasa_error* error);

  /* Optional: legal ids ascending, at least one during an episode. ids [N, max_legal]; counts [N].
   * NULL = every action is always legal. */
  int32_t (*legal)(const brasa_batch* batch, int32_t begin, int32_t end, int32_t* ids,
                   int32_t* counts, brasa_error* error);
  /* Optional: who moves, BRASA_CHANCE where chance does. NULL = player 0. */
  int32_t (*player)(const brasa_batch* batch, int32_t begin, int32_t end, int32_t* players,
                    brasa_error* error);
  /* Optional, both or neither: outcomes of a chance node (arrays of max_chance_outcomes), and the
   * move of one: adds to rewards [P], sets *end. */
  int32_t (*chance)(const brasa_batch* batch, int32_t world, int32_t* ids, double* probabilities,
                    int32_t* count, brasa_error* error);
  int32_t (*apply_chance)(brasa_batch* batch, int32_t world, int32_t id, float* rewards,
                          uint8_t* end, brasa_error* error);
  /* Optional. */
  int32_t (*draw)(const brasa_batch* batch, int32_t world, const brasa_canvas* canvas,
                  brasa_error* error);
  /* Optional, texts: write at most `capacity` bytes and the full length without terminator. */
  int32_t (*text)(const brasa_batch* batch, int32_t world, char* buffer, int64_t capacity,
                  int64_t* length, brasa_error* error);
  int32_t (*from_text)(brasa_batch* batch, int32_t world, const char* text, brasa_error* error);
  int32_t (*action_text)(const brasa_batch* batch, int32_t world, const void* action, char* buffer,
                         int64_t capacity, int64_t* length, brasa_error* error);
  int32_t (*action_from_text)(const brasa_batch* batch, int32_t world, const char* text,
                              void* action, brasa_error* error);
  /* Optional: equal states give equal hashes, and different ones different hashes in practice. */
  int32_t (*hash)(const brasa_batch* batch, int32_t world, uint64_t* hash, brasa_error* error);
  /* Optional: measures [measure_count] of the episode that just ended. */
  int32_t (*measures)(const brasa_batch* batch, int32_t world, float* values, brasa_error* error);
  /* Optional: keys; the array lives as long as the batch. */
  int32_t (*controls)(const brasa_batch* batch, const brasa_control** controls, int32_t* count,
                      brasa_error* error);
  /* Optional: the discrete action of a click at (x, y) in drawing units, or -1. */
  int32_t (*action_at)(const brasa_batch* batch, int32_t world, double x, double y, int32_t* action,
                       brasa_error* error);
  /* Optional: the exact transition model of the batch's parameters. */
  int32_t (*model)(const brasa_batch* batch, const brasa_model_sink* sink, brasa_error* error);
  /* Optional: every symmetry of the game but the identity. */
  int32_t (*symmetries)(const brasa_batch* batch, const brasa_symmetry_sink* sink,
                        brasa_error* error);
  /* Optional: replaces a world by one drawn from those that `player` cannot tell from it. */
  int32_t (*resample)(brasa_batch* batch, int32_t world, int32_t player, brasa_rng* rng,
                      brasa_error* error);
  /* Optional: moves every world of the range on until chance does not move, as `chance`, one
   * uniform draw a node from its stream (the first outcome whose cumulative probability exceeds
   * it) and `apply_chance` would. Worlds whose ends[] is not BRASA_END_NONE stay. Adds to rewards
   * [N, P] and overwrites ends [N]; both are NULL after a reset. */
  int32_t (*roll)(brasa_batch* batch, int32_t begin, int32_t end, brasa_rng* rng, float* rewards,
                  uint8_t* ends, const brasa_chance_sink* sink, brasa_error* error);
  /* Optional: the discrete action of a move from one place to another, points [2] as x, y in
   * drawing units, or -1: of boards on which one click names no move. */
  int32_t (*action_between)(const brasa_batch* batch, int32_t world, const double* from_to,
                            int32_t* action, brasa_error* error);
} brasa_env_class;

/* What a plugin exports, as `const brasa_plugin* brasa_plugin_entry(void)`. */
typedef struct brasa_plugin {
  uint32_t abi_version;
  uint32_t struct_size;
  const brasa_env_class* const* classes;
  int32_t class_count;
} brasa_plugin;

#define BRASA_PLUGIN_SYMBOL "brasa_plugin_entry"

#if defined(__GNUC__)
#define BRASA_EXPORT __attribute__((visibility("default")))
#else
#define BRASA_EXPORT
#endif

#ifdef __cplusplus
}
#endif

#endif /* BRASA_ABI_H_ */
