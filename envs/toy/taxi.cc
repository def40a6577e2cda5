#include "envs/toy/taxi.h"

#include "brasa/core/hash.h"

namespace brasa {
namespace {

constexpr const char* kActionNames[] = {"south", "north", "east", "west", "pickup", "dropoff"};
constexpr const char* kPlaceNames[] = {"R", "G", "Y", "B", "aboard"};
constexpr Color kPlaceColors[] = {palette::kRed, palette::kGreen, palette::kOrange, palette::kBlue};
constexpr Color kStreet{236, 233, 226, 255};
constexpr Color kCab{245, 203, 40, 255};

/// Middle of a cell in drawing units: cells are 1 x 1, the lower left one begins at (0, 0).
Point Middle(int cell) { return {cell % 5 + 0.5, 4.5 - cell / 5}; }

void DrawStreets(Canvas& canvas, int destination) {
  canvas.Rectangle({0, 0}, {5, 5}, kStreet);
  for (int i = 1; i < 5; ++i) {
    canvas.Line({1.0 * i, 0}, {1.0 * i, 5}, 0.015, palette::kLight);
    canvas.Line({0, 1.0 * i}, {5, 1.0 * i}, 0.015, palette::kLight);
  }
  for (int place = 0; place < 4; ++place) {
    const Point at = Middle(Taxi::kPlaces[Taxi::Index(place)]);
    const Color color = kPlaceColors[place];
    canvas.Rectangle({at.x - 0.46, at.y - 0.46}, {at.x + 0.46, at.y + 0.46},
                     {color.r, color.g, color.b, 70});
    if (place == destination) {
      const Point corners[] = {{at.x - 0.44, at.y - 0.44},
                               {at.x + 0.44, at.y - 0.44},
                               {at.x + 0.44, at.y + 0.44},
                               {at.x - 0.44, at.y + 0.44}};
      for (int i = 0; i < 4; ++i) canvas.Line(corners[i], corners[(i + 1) % 4], 0.08, color);
    }
    canvas.Text({at.x - 0.28, at.y + 0.24}, 0.24, kPlaceNames[place], TextAlign::kCentre, color);
  }
}

void DrawWalls(Canvas& canvas) {
  const Point corners[] = {{0, 0}, {5, 0}, {5, 5}, {0, 5}};
  for (int i = 0; i < 4; ++i) canvas.Line(corners[i], corners[(i + 1) % 4], 0.07, palette::kInk);
  for (int cell = 0; cell < 25; ++cell) {
    if (cell % 5 == 4 || Taxi::kNeighbour[Taxi::Index(cell)][2] != cell) continue;
    const Point at = Middle(cell);
    canvas.Line({at.x + 0.5, at.y - 0.5}, {at.x + 0.5, at.y + 0.5}, 0.09, palette::kInk);
  }
}

void DrawPassenger(Canvas& canvas, Point at) {
  canvas.Circle({at.x, at.y + 0.13}, 0.1, palette::kInk);
  const Point body[] = {{at.x - 0.13, at.y - 0.2},
                        {at.x + 0.13, at.y - 0.2},
                        {at.x + 0.07, at.y + 0.04},
                        {at.x - 0.07, at.y + 0.04}};
  canvas.Polygon(body, palette::kInk);
}

void DrawCab(Canvas& canvas, Point at, bool aboard) {
  for (const double x : {-0.2, 0.2}) {
    canvas.Circle({at.x + x, at.y - 0.17}, 0.09, palette::kInk);
  }
  canvas.Rectangle({at.x - 0.38, at.y - 0.16}, {at.x + 0.38, at.y + 0.06}, kCab);
  const Point roof[] = {{at.x - 0.26, at.y + 0.06},
                        {at.x + 0.26, at.y + 0.06},
                        {at.x + 0.17, at.y + 0.26},
                        {at.x - 0.17, at.y + 0.26}};
  canvas.Polygon(roof, kCab);
  canvas.Rectangle({at.x - 0.16, at.y + 0.08}, {at.x + 0.16, at.y + 0.21},
                   aboard ? palette::kInk : palette::kWhite);
  canvas.Rectangle({at.x - 0.07, at.y + 0.26}, {at.x + 0.07, at.y + 0.34}, palette::kInk);
}

}  // namespace

std::vector<Field> Taxi::Fields() {
  return {
      BoolField("rainy", false, "moves drift aside; see rainy_probability"),
      FloatField("rainy_probability", 0.8, 0, 1, "chance of a move in the rain to go as meant"),
      BoolField("fickle", false, "the passenger may change the destination once aboard"),
      FloatField("fickle_probability", 0.3, 0, 1, "chance of a fickle passenger to change it"),
  };
}

EnvSpec Taxi::Spec(const Params& params) {
  EnvSpec spec;
  spec.id = "Taxi-v4";
  spec.summary = "Fetch a passenger and drive them to their destination";
  spec.observation.shape = {1};
  spec.observation.axes = {"feature"};
  spec.observation.names = {"state"};
  spec.observation.low = {0};
  spec.observation.high = {kStates - 1};
  spec.observation.categories = {kStates};
  spec.action.count = 6;
  spec.action.names.assign(std::begin(kActionNames), std::end(kActionNames));
  spec.max_episode_steps = 200;
  spec.min_return = -2000;
  // Pickup, the four moves from R to Y, dropoff; a fickle passenger may want back to where the taxi
  // picked them up: two moves.
  spec.max_return = params.GetBool("fickle") ? 20 - 3 : 20 - 5;
  spec.reward_threshold = 8;
  return spec;
}

Taxi::Taxi(const Params& params)
    : straight(params.GetFloat("rainy_probability")),
      aside((1.0 - params.GetFloat("rainy_probability")) / 2.0),
      fickle_probability(params.GetFloat("fickle_probability")),
      rainy(params.GetBool("rainy")),
      fickle(params.GetBool("fickle")) {}

Taxi::Ride Taxi::Serve(std::int32_t from, int action) {
  const int cell = Cell(from), passenger = Passenger(from), destination = Destination(from);
  int here = -1;  // the place in this cell
  for (int place = 0; place < 4; ++place) {
    if (kPlaces[Index(place)] == cell) here = place;
  }
  if (action == 4) {
    if (passenger != kAboard && passenger == here) {
      return {Encode(cell, kAboard, destination), -1, false};
    }
    return {from, -10, false};
  }
  if (passenger != kAboard || here < 0) return {from, -10, false};
  const bool arrived = here == destination;
  return {Encode(cell, here, destination), arrived ? 20.0f : -1.0f, arrived};
}

TransitionModel Taxi::Model() const {
  TransitionModel model;
  model.states = fickle ? 2 * kStates : kStates;
  model.actions = 6;
  model.start.assign(Index(model.states), 0.0);
  for (std::int32_t s = 0; s < kStates; ++s) {
    const bool waits = Passenger(s) != kAboard && Passenger(s) != Destination(s);
    model.start[Index(fickle ? s + kStates : s)] = waits ? 1.0 / 300.0 : 0.0;
  }
  model.outcomes.resize(Index(model.states));
  for (std::int32_t s = 0; s < model.states; ++s) {
    const std::int32_t from = s % kStates, mind = s - from;
    const int cell = Cell(from);
    for (int action = 0; action < 6; ++action) {
      std::vector<ModelOutcome> outcomes;
      const auto add = [&](int direction, double probability) {
        const int to = kNeighbour[Index(cell)][Index(direction)];
        const std::int32_t next = from + (to - cell) * 20;
        if (mind == 0 || to == cell || Passenger(from) != kAboard) {
          outcomes.push_back({probability, next + mind, -1, false});
          return;
        }
        outcomes.push_back({probability * (1 - fickle_probability), next, -1, false});
        for (int other = 0; other < 4; ++other) {
          if (other == Destination(from)) continue;
          const double share = probability * fickle_probability / 3;
          outcomes.push_back({share, next - Destination(from) + other, -1, false});
        }
      };
      if (action >= 4) {
        const Ride ride = Serve(from, action);
        outcomes = {{1, ride.next + mind, static_cast<double>(ride.reward), ride.terminated}};
      } else if (!rainy) {
        add(action, 1);
      } else {
        const bool blocked = kNeighbour[Index(cell)][Index(action)] == cell;
        add(action, straight);
        add(blocked ? action : kLeftOf[Index(action)], aside);
        add(blocked ? action : kRightOf[Index(action)], aside);
      }
      model.outcomes[Index(s)].push_back(std::move(outcomes));
    }
  }
  return model;
}

std::uint64_t Taxi::Hash() const {
  return Mix64(static_cast<std::uint64_t>(state + kStates * undecided) + 1);
}

void Taxi::Draw(Canvas& canvas) const {
  canvas.View(-0.25, -0.25, 8.05, 5.25);
  canvas.Clear(palette::kPaper);
  const int passenger = Passenger(state), destination = Destination(state);
  DrawStreets(canvas, destination);
  if (passenger != kAboard) {
    const Point place = Middle(kPlaces[Index(passenger)]);
    DrawPassenger(canvas, {place.x + 0.26, place.y + 0.14});
  }
  DrawWalls(canvas);
  const Point cab = Middle(Cell(state));
  DrawCab(canvas, {cab.x, cab.y - 0.12}, passenger == kAboard);
  const auto line = [&](double y, const char* name, const char* value, Color color) {
    canvas.Text({5.4, y + 0.22}, 0.2, name, TextAlign::kLeft, palette::kGrey);
    canvas.Text({5.4, y - 0.14}, 0.28, value, TextAlign::kLeft, color);
  };
  line(4.3, "passenger", kPlaceNames[passenger],
       passenger == kAboard ? palette::kInk : kPlaceColors[passenger]);
  line(3.2, "destination", kPlaceNames[destination], kPlaceColors[destination]);
  line(2.1, "arrival", "+20", palette::kInk);
  line(1.0, "in vain / step", "-10 / -1", palette::kInk);
  if (rainy || fickle) {
    const std::string mode = std::string(rainy ? "rain " : "") + (undecided ? "undecided" : "");
    canvas.Text({5.4, 0.2}, 0.22, mode, TextAlign::kLeft, palette::kBlue);
  }
}

std::string Taxi::ToText() const {
  const int cell = Cell(state);
  return "taxi " + std::to_string(cell / 5) + ' ' + std::to_string(cell % 5) + " passenger " +
         kPlaceNames[Passenger(state)] + " destination " + kPlaceNames[Destination(state)] +
         (undecided ? " undecided" : "");
}

void Taxi::FromText(std::string_view text) {
  std::array<std::string_view, 8> words{};
  std::string_view rest = text;
  for (std::string_view& word : words) {
    const std::size_t space = rest.find(' ');
    word = rest.substr(0, space);
    rest.remove_prefix(space == std::string_view::npos ? rest.size() : space + 1);
  }
  const auto digit = [&](std::string_view word) {
    return word.size() == 1 && word[0] >= '0' && word[0] < '0' + kSide ? word[0] - '0' : 0;
  };
  const auto place = [&](std::string_view word, int most) {
    int found = 0;
    while (found < most && word != kPlaceNames[found]) ++found;
    return found;
  };
  Taxi world = *this;
  world.state = Encode(digit(words[1]) * kSide + digit(words[2]), place(words[4], kAboard),
                       place(words[6], 3));
  world.undecided = fickle && words[7] == "undecided";
  if (world.ToText() == text) {  // whatever was not read as meant differs here
    *this = world;
    return;
  }
  throw UsageError("Taxi-v4: '" + std::string(text.substr(0, 80)) +
                   "' is no state; give one like 'taxi 3 1 passenger Y destination R' with row and "
                   "column 0 to 4, passenger R G Y B or aboard, destination R G Y B" +
                   (fickle ? ", and ' undecided' while the passenger is" : ""));
}

std::string Taxi::ActionToText(ActionRef action) const { return kActionNames[action.id()]; }

std::vector<double> Taxi::ActionFromText(std::string_view text) const {
  for (int id = 0; id < 6; ++id) {
    if (text == kActionNames[id] || text == std::to_string(id)) return {static_cast<double>(id)};
  }
  throw UsageError("Taxi-v4: '" + std::string(text.substr(0, 80)) +
                   "' is no action; give south, north, east, west, pickup, dropoff or 0 to 5");
}

std::vector<Control> Taxi::Controls() const {
  return {{"Down", {0}}, {"Up", {1}}, {"Right", {2}}, {"Left", {3}}, {"p", {4}}, {"d", {5}}};
}

}  // namespace brasa
