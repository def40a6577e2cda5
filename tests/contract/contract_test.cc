#include "brasa/contract_check.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "brasa/env_batch.h"
#include "envs/board/connect_four.h"
#include "envs/board/tic_tac_toe.h"
#include "envs/control/cart_pole.h"
#include "envs/toy/frozen_lake.h"
#include "tests/contract/faulty_envs.h"
#include "tests/three_seat/three_seat_game.h"

namespace brasa {
namespace {

using contract_test::Boxed;
using contract_test::Fault;
using contract_test::Padded;
using contract_test::Pile;

std::string Lines(const std::vector<std::string>& findings) {
  std::string text;
  for (const std::string& finding : findings) text += "  " + finding + "\n";
  return text;
}

class BuiltinContract : public ::testing::TestWithParam<EnvRow> {};

/// Fewer games where every clone costs a replay of its episode.
ContractOptions OptionsFor(const EnvRow& row, const Params& params) {
  ContractOptions options;
  if (Env(row, params, {}).spec().clone_cost == CloneCost::kReplay) options.episodes = 4;
  return options;
}

TEST_P(BuiltinContract, Defaults_KeepEveryLaw) {
  const EnvRow& row = GetParam();
  const Params params = DefaultParams(row);
  EXPECT_EQ(Lines(ContractFindings(row, params, OptionsFor(row, params))), "");
}

TEST_P(BuiltinContract, WrongTextOfSeveralLines_IsToldInOneLine) {
  Env env(GetParam(), DefaultParams(GetParam()), {});
  env.Reset();
  if (!env.HasText()) return;
  for (const char* text : {"", "no state\nof anything", "9 9\n9 9\n9 9"}) {
    try {
      env.FromText(text);
    } catch (const UsageError& error) {
      EXPECT_EQ(std::string(error.what()).find('\n'), std::string::npos) << error.what();
    }
  }
}

std::string TestName(const ::testing::TestParamInfo<EnvRow>& info) {
  std::string name = info.param.id;
  std::replace_if(
      name.begin(), name.end(), [](unsigned char c) { return !std::isalnum(c); }, '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(Envs, BuiltinContract,
                         ::testing::ValuesIn(BuiltinEnvs().begin(), BuiltinEnvs().end()), TestName);

TEST(Contract, FrozenLakeOfOtherParameters_KeepsEveryLaw) {
  const auto rows = BuiltinEnvs();
  const EnvRow& row = *std::find_if(rows.begin(), rows.end(),
                                    [](const EnvRow& r) { return r.id == "FrozenLake-v1"; });
  for (const auto& settings : std::vector<std::vector<std::pair<const char*, const char*>>>{
           {{"map", "random"}, {"size", "32"}},
           {{"map", "SFS/HFF/GFS"}, {"slippery", "false"}},
           {{"reward_goal", "10"}, {"reward_hole", "-5"}, {"reward_step", "-0.1"}}}) {
    Params params = DefaultParams(row);
    for (const auto& [name, value] : settings) params.Set(name, value);
    EXPECT_EQ(Lines(ContractFindings(row, params)), "") << settings[0].second;
  }
}

TEST(Contract, GameWithChanceAndThreeSeats_KeepsEveryLaw) {
  const EnvRow row = three_seat::ThreeSeatRow();
  EXPECT_EQ(Lines(ContractFindings(row, DefaultParams(row))), "");
}

TEST(Contract, BuiltinStructs_KeepTheLawsOfStructs) {
  EXPECT_EQ(Lines(StructFindings<CartPole>(Params())), "");
  EXPECT_EQ(Lines(StructFindings<FrozenLake>(Params(FrozenLake::Fields()))), "");
  EXPECT_EQ(Lines(StructFindings<TicTacToe>(Params())), "");
  EXPECT_EQ(Lines(StructFindings<ConnectFour>(Params())), "");
  EXPECT_EQ(Lines(StructFindings<three_seat::ThreeSeatGame>(Params())), "");
}

template <contract::Environment T>
std::vector<std::string> FindingsOf() {
  EnvRow row;
  row.id = "Pile-v0";
  row.env_class = &EnvClassOf<T>();
  return ContractFindings(row, DefaultParams(row));
}

bool Names(const std::vector<std::string>& findings, const std::string& law) {
  return std::any_of(findings.begin(), findings.end(),
                     [&](const std::string& finding) { return finding.rfind(law + ": ", 0) == 0; });
}

TEST(Contract, HonestGame_HasNoFindings) {
  EXPECT_EQ(Lines(FindingsOf<Pile<Fault::kNone>>()), "");
  EXPECT_EQ(Lines(StructFindings<Pile<Fault::kNone>>(Params())), "");
}

template <Fault kFault>
void ExpectFinding(const std::string& law) {
  const std::vector<std::string> findings = FindingsOf<Pile<kFault>>();
  EXPECT_TRUE(Names(findings, law)) << "law " << law << ", findings:\n" << Lines(findings);
}

TEST(Contract, SpecWithoutSummary_IsFound) { ExpectFinding<Fault::kNoSummary>("spec"); }

TEST(Contract, WrongObservations_AreFound) {
  ExpectFinding<Fault::kObservationOutside>("observations");
  ExpectFinding<Fault::kObservationNotFinite>("observations");
  ExpectFinding<Fault::kObservationUnwritten>("observations");
}

TEST(Contract, ObservationBeyondTheRow_IsFound) {
  ExpectFinding<Fault::kObservationBeyondTheRow>("spans");
}

TEST(Contract, PlayerOutOfRange_IsFound) { ExpectFinding<Fault::kPlayerOutOfRange>("players"); }

TEST(Contract, WrongLegalLists_AreFound) {
  ExpectFinding<Fault::kLegalDescends>("legal actions");
  ExpectFinding<Fault::kLegalEmpty>("legal actions");
  ExpectFinding<Fault::kLegalOutOfRange>("legal actions");
  ExpectFinding<Fault::kLegalIsRefused>("legal actions are accepted");
}

TEST(Contract, TruncationByTheRules_IsFound) { ExpectFinding<Fault::kTruncates>("ends"); }

TEST(Contract, WrongRewards_AreFound) {
  ExpectFinding<Fault::kRewardNotFinite>("rewards");
  ExpectFinding<Fault::kRewardUnwritten>("rewards");
  ExpectFinding<Fault::kRewardsNotZeroSum>("rewards");
  ExpectFinding<Fault::kReturnOutside>("rewards");
}

TEST(Contract, GlobalState_IsFound) {
  ExpectFinding<Fault::kGlobalState>("replay");
  ExpectFinding<Fault::kGlobalState>("neighbours");
}

TEST(Contract, StepManyThatDiffers_IsFound) {
  ExpectFinding<Fault::kStepManyDiffers>("ranges");
  EXPECT_TRUE(Names(StructFindings<Pile<Fault::kStepManyDiffers>>(Params()), "step many"));
}

TEST(Contract, CopyThatSharesState_IsFound) {
  EXPECT_TRUE(Names(FindingsOf<Boxed<true>>(), "clone"));
}

TEST(Contract, SnapshotThatForgets_IsFound) {
  const std::vector<std::string> findings = FindingsOf<Boxed<false>>();
  EXPECT_TRUE(Names(findings, "snapshot"));
  EXPECT_FALSE(Names(findings, "clone"));
}

TEST(Contract, PaddingInAFlatStruct_IsFound) {
  EXPECT_TRUE(Names(StructFindings<Padded>(Params()), "flat memory"));
}

/// Claims that turning the board a quarter leaves the actions where they are.
struct Crooked : TicTacToe {
  using TicTacToe::TicTacToe;
  std::vector<Symmetry> Symmetries() const {
    std::vector<Symmetry> symmetries = TicTacToe::Symmetries();
    symmetries[3].action = symmetries[0].action;
    return symmetries;
  }
};

/// Lists six of the seven symmetries.
struct Gappy : TicTacToe {
  using TicTacToe::TicTacToe;
  std::vector<Symmetry> Symmetries() const {
    std::vector<Symmetry> symmetries = TicTacToe::Symmetries();
    symmetries.pop_back();
    return symmetries;
  }
};

/// Claims that left and right of the columns can be exchanged while the stones stay.
struct OneSided : ConnectFour {
  using ConnectFour::ConnectFour;
  std::vector<Symmetry> Symmetries() const {
    std::vector<Symmetry> symmetries = ConnectFour::Symmetries();
    std::sort(symmetries[0].observation.begin(), symmetries[0].observation.end());
    return symmetries;
  }
};

TEST(Contract, WrongSymmetries_AreFound) {
  EXPECT_TRUE(Names(FindingsOf<Crooked>(), "symmetries"));
  EXPECT_TRUE(Names(FindingsOf<Gappy>(), "symmetries"));
  EXPECT_TRUE(Names(FindingsOf<OneSided>(), "symmetries"));
  EXPECT_EQ(Lines(FindingsOf<TicTacToe>()), "");
}

/// Deals anew what seat 0 has seen.
struct Forgetful : three_seat::ThreeSeatGame {
  using ThreeSeatGame::ThreeSeatGame;
  void ResampleHidden(int, Rng&) {
    if (deal >= 0) deal = 1 - deal;
  }
};

TEST(Contract, ResampleThatChangesWhatIsSeen_IsFound) {
  EXPECT_TRUE(Names(FindingsOf<Forgetful>(), "hidden information"));
}

TEST(Contract, WrongOptionalMembers_AreFound) {
  ExpectFinding<Fault::kTextForgets>("text");
  ExpectFinding<Fault::kActionTextShifts>("action text");
  ExpectFinding<Fault::kHashCollides>("hash");
  ExpectFinding<Fault::kHashOfTheAddress>("hash");
  ExpectFinding<Fault::kDrawsNothing>("draw");
  ExpectFinding<Fault::kDrawsNotFinite>("draw");
  ExpectFinding<Fault::kDrawsWithoutView>("draw");
  ExpectFinding<Fault::kControlOutOfRange>("controls");
  ExpectFinding<Fault::kClickIllegal>("clicks");
  ExpectFinding<Fault::kModelLeaks>("model");
}

}  // namespace
}  // namespace brasa
