#include "runners/experiment/learning_targets.h"

namespace brasa {
namespace {

constexpr const char* kZoo = "RL Baselines3 Zoo, benchmark.md";
constexpr const char* kOptimum = "the optimum, by value iteration";
constexpr const char* kCliff = "Sutton and Barto, example 6.6";
constexpr const char* kAim = "aim of this project";
constexpr auto kReturn = LearningMeasure::kReturn;

// The Zoo's figures are means of deterministic episodes over some 150,000 steps. Where an episode's
// return is 0 or 1 a mean of 100 is too coarse to tell 0.74 from 0.70, and Pendulum's returns
// deviate by 85: then 10,000 are played.
constexpr LearningTarget kTargets[] = {
    {"q_learning", "FrozenLake-v1", 300'000, 0.740, kReturn, 10'000, kOptimum},
    {"q_learning", "FrozenLake8x8-v1", 2'000'000, 0.862, kReturn, 10'000,
     "the optimum for a discount of 0.99, by value iteration"},
    {"q_learning", "Taxi-v4", 100'000, 7.88, kReturn, 10'000,
     "aim of this project; the optimum is 7.93"},
    {"q_learning", "CliffWalking-v1", 0, -13, kReturn, 100, kCliff},
    {"sarsa", "CliffWalking-v1", 0, -17, kReturn, 100, kCliff},
    {"dqn", "CartPole-v1", 50'000, 500, kReturn, 100, kZoo},
    {"ppo", "CartPole-v1", 100'000, 500, kReturn, 100, kZoo},
    {"ppo", "Pendulum-v1", 100'000, -172.2, kReturn, 10'000, kZoo},
    {"sac", "Pendulum-v1", 20'000, -157.0, kReturn, 10'000, kZoo},
    {"td3", "Pendulum-v1", 20'000, -151.9, kReturn, 10'000, kZoo},
    {"ppo", "Acrobot-v1", 1'000'000, -73.5, kReturn, 100, kZoo},
    {"dqn", "Acrobot-v1", 100'000, -76.6, kReturn, 100, kZoo},
    {"sac", "MountainCarContinuous-v0", 50'000, 94.7, kReturn, 100, kZoo},
    {"ppo", "MountainCarContinuous-v0", 20'000, 88.3, kReturn, 100, kZoo},
    {"ppo", "MountainCar-v0", 1'000'000, -110.4, kReturn, 100, kZoo},
    {"dqn", "MountainCar-v0", 120'000, -100.8, kReturn, 100, kZoo},
    {"ppo", "LunarLander-v3", 1'000'000, 242.1, kReturn, 100, kZoo},
    {"dqn", "LunarLander-v3", 100'000, 154.4, kReturn, 100, kZoo},
    {"ppo", "ConnectFour-v0", 0, 0.95, LearningMeasure::kRandomWins, 1'000, kAim},
    {"sac", "LunarLanderContinuous-v3", 500'000, 260, kReturn, 100, kZoo, 2},
    {"sac", "BipedalWalker-v3", 500'000, 298, kReturn, 100, kZoo, 2},
    {"td3", "BipedalWalker-v3", 1'000'000, 306, kReturn, 100, kZoo, 2},
    {"ppo", "MinAtar/Breakout-v1", 20'000'000, 50, kReturn, 100, kAim, 2},
    {"ppo", "MinAtar/Asterix-v1", 20'000'000, 23, kReturn, 100, kAim, 2},
    {"ppo", "MinAtar/Freeway-v1", 20'000'000, 63, kReturn, 100, kAim, 2},
    {"ppo", "MinAtar/SpaceInvaders-v1", 20'000'000, 148, kReturn, 100, kAim, 2},
    {"ppo", "MinAtar/Seaquest-v1", 20'000'000, 54, kReturn, 100, kAim, 2},
    {"dqn", "MinAtar/Breakout-v1", 5'000'000, 10, kReturn, 100, kAim, 2},
};

}  // namespace

std::span<const LearningTarget> LearningTargets() { return kTargets; }

}  // namespace brasa
