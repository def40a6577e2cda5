/* Nim-v0: an environment in plain C. Two players take 1, 2 or 3 stones from a heap in turn; who
 * takes the last one wins.
 *
 * Observation  float32 [2]: stones left [stones], 1 if the observing player moves else 0
 * Actions      0, 1, 2: take one, two, three; never more than are left
 * Reward       +1 to who takes the last stone, -1 to the other; 0 before
 * Start        `stones` stones, player 0 moves
 *
 * A batch is an array of worlds; every function gets a range of it. Build and play:
 *   cc -shared -fPIC -fvisibility=hidden -I include -o nim.so nim.c && brasa play $PWD/nim.so */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "brasa/abi.h"

typedef struct World {
  int32_t left;  /* stones */
  int32_t mover; /* 0 or 1 */
} World;

struct brasa_batch {
  int32_t stones; /* at the start */
  float high[2];  /* bounds of the observation */
  brasa_env_spec spec;
  World worlds[]; /* n of them */
};

static const float kLow[2] = {0, 0};
static const char* const kAxes[] = {"quantity"};
static const char* const kElements[] = {"stones", "to_move"};
static const char* const kActions[] = {"take 1", "take 2", "take 3"};
static const char* const kPlayers[] = {"first", "second"};
static const brasa_field kFields[] = {
    {"stones", BRASA_FIELD_INT, "21", 1, 1000, NULL, 0, "stones in the heap at the start"}};

static void Describe(struct brasa_batch* batch) {
  brasa_env_spec* spec = &batch->spec;
  spec->struct_size = sizeof *spec;
  spec->id = "Nim-v0";
  spec->summary = "take one to three stones; the last one wins";
  spec->players = 2;
  spec->observation_type = BRASA_FLOAT32;
  spec->observation_rank = 1;
  spec->observation_shape[0] = 2;
  spec->axis_names = kAxes;
  spec->element_names = kElements;
  spec->observation_bounds = 2;
  batch->high[0] = (float)batch->stones;
  batch->high[1] = 1;
  spec->observation_low = kLow;
  spec->observation_high = batch->high;
  spec->action_kind = BRASA_DISCRETE;
  spec->action_count = 3;
  spec->action_names = kActions;
  spec->min_return = -1;
  spec->max_return = 1;
  spec->reward_threshold = strtod("nan", NULL);
  spec->zero_sum = 1;
  spec->perfect_information = 1;
  spec->clone_cost = BRASA_CLONE_COPY;
  spec->player_names = kPlayers;
}

static int32_t Create(const brasa_param* params, int32_t count, int32_t n, brasa_batch** out,
                      brasa_error* error) {
  brasa_batch* batch = calloc(1, sizeof *batch + (size_t)n * sizeof(World));
  if (batch == NULL) {
    error->code = BRASA_ERROR_RULES;
    error->world = -1;
    snprintf(error->message, sizeof error->message, "no memory for %d worlds", (int)n);
    return error->code;
  }
  batch->stones = count > 0 ? atoi(params[0].value) : 21; /* the host has checked the range */
  Describe(batch);
  *out = batch;
  return BRASA_OK;
}

static void Destroy(brasa_batch* batch) { free(batch); }

static const brasa_env_spec* Spec(const brasa_batch* batch) { return &batch->spec; }

static int32_t Reset(brasa_batch* batch, int32_t begin, int32_t end, brasa_rng* rng,
                     brasa_error* error) {
  (void)rng;
  (void)error;
  for (int32_t i = begin; i < end; ++i) {
    batch->worlds[i].left = batch->stones;
    batch->worlds[i].mover = 0;
  }
  return BRASA_OK;
}

static int32_t Step(brasa_batch* batch, int32_t begin, int32_t end, const void* actions,
                    brasa_rng* rng, float* rewards, uint8_t* ends, brasa_error* error) {
  (void)rng;
  (void)error;
  const int32_t* takes = actions;
  for (int32_t i = begin; i < end; ++i, ++takes, ++ends, rewards += 2) {
    World* world = &batch->worlds[i];
    world->left -= *takes + 1;
    const int won = world->left == 0;
    rewards[world->mover] = won ? 1.0f : 0.0f;
    rewards[1 - world->mover] = won ? -1.0f : 0.0f;
    *ends = won ? BRASA_END_TERMINATED : BRASA_END_NONE;
    world->mover = 1 - world->mover;
  }
  return BRASA_OK;
}

static int32_t Observe(const brasa_batch* batch, int32_t begin, int32_t end, const int32_t* players,
                       void* rows, brasa_error* error) {
  (void)error;
  float* out = rows;
  for (int32_t i = begin; i < end; ++i, out += 2) {
    const int32_t player = players != NULL ? players[i - begin] : 0;
    out[0] = (float)batch->worlds[i].left;
    out[1] = batch->worlds[i].mover == player ? 1.0f : 0.0f;
  }
  return BRASA_OK;
}

static int32_t Legal(const brasa_batch* batch, int32_t begin, int32_t end, int32_t* ids,
                     int32_t* counts, brasa_error* error) {
  (void)error;
  for (int32_t i = begin; i < end; ++i, ids += 3) {
    const int32_t left = batch->worlds[i].left;
    counts[i - begin] = left < 3 ? left : 3;
    for (int32_t a = 0; a < counts[i - begin]; ++a) ids[a] = a;
  }
  return BRASA_OK;
}

static int32_t Player(const brasa_batch* batch, int32_t begin, int32_t end, int32_t* players,
                      brasa_error* error) {
  (void)error;
  for (int32_t i = begin; i < end; ++i) players[i - begin] = batch->worlds[i].mover;
  return BRASA_OK;
}

static int32_t Copy(brasa_batch* to, int32_t j, const brasa_batch* from, int32_t i,
                    brasa_error* error) {
  (void)error;
  to->worlds[j] = from->worlds[i];
  return BRASA_OK;
}

static int64_t SnapshotSize(const brasa_batch* batch, int32_t world) {
  (void)batch;
  (void)world;
  return sizeof(World);
}

static int32_t Save(const brasa_batch* batch, int32_t world, void* bytes, brasa_error* error) {
  (void)error;
  memcpy(bytes, &batch->worlds[world], sizeof(World));
  return BRASA_OK;
}

static int32_t Load(brasa_batch* batch, int32_t world, const void* bytes, int64_t size,
                    brasa_error* error) {
  if (size != sizeof(World)) {
    error->code = BRASA_ERROR_USAGE;
    error->world = world;
    snprintf(error->message, sizeof error->message, "a snapshot of Nim has %d bytes",
             (int)sizeof(World));
    return error->code;
  }
  memcpy(&batch->worlds[world], bytes, sizeof(World));
  return BRASA_OK;
}

static int32_t Text(const brasa_batch* batch, int32_t world, char* buffer, int64_t capacity,
                    int64_t* length, brasa_error* error) {
  (void)error;
  const World* w = &batch->worlds[world];
  const int size =
      snprintf(buffer, (size_t)capacity, "%d stones, player %d moves", (int)w->left, (int)w->mover);
  *length = size;
  return BRASA_OK;
}

/* Reads what Text writes; the world stays as it was where that fails. */
static int32_t FromText(brasa_batch* batch, int32_t world, const char* text, brasa_error* error) {
  int left = -1, mover = -1, size = 0;
  const int read = sscanf(text, "%9d stones, player %1d moves%n", &left, &mover, &size);
  if (read != 2 || size == 0 || text[size] != '\0' || left < 0 || left > batch->stones ||
      mover < 0 || mover > 1) {
    error->code = BRASA_ERROR_USAGE;
    error->world = world;
    snprintf(error->message, sizeof error->message,
             "Nim-v0: a state reads '%d stones, player 0 moves', with 0 to %d stones",
             (int)batch->stones, (int)batch->stones);
    return error->code;
  }
  batch->worlds[world].left = left;
  batch->worlds[world].mover = mover;
  return BRASA_OK;
}

static const brasa_env_class kClass = {
    .abi_version = BRASA_ABI_VERSION,
    .struct_size = sizeof(brasa_env_class),
    .id = "Nim-v0",
    .summary = "take one to three stones; the last one wins",
    .fields = kFields,
    .field_count = 1,
    .flat = 1,
    .create = Create,
    .destroy = Destroy,
    .spec = Spec,
    .reset = Reset,
    .step = Step,
    .observe = Observe,
    .copy = Copy,
    .snapshot_size = SnapshotSize,
    .save = Save,
    .load = Load,
    .legal = Legal,
    .player = Player,
    .text = Text,
    .from_text = FromText,
};
static const brasa_env_class* const kClasses[] = {&kClass};

BRASA_EXPORT const brasa_plugin* brasa_plugin_entry(void) {
  static const brasa_plugin plugin = {BRASA_ABI_VERSION, sizeof(brasa_plugin), kClasses, 1};
  return &plugin;
}
