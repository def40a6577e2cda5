// Rigid bodies in a plane: what the environments of this folder use of Box2D, without its headers.
// Lengths in [m], masses in [kg], angles in [rad] counterclockwise. Box2D computes in float32, so
// every number handed in is rounded to it.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "brasa/canvas.h"

namespace brasa {

/// A moving body: a convex polygon around its origin, in its own coordinates, 3 to 8 corners. It
/// touches the ground and no other moving body.
struct BodyPlan {
  Point position;
  double angle = 0;
  std::vector<Point> outline;
  double density = 1;  // [kg/m^2]
  double friction = 0.2;
};

/// Two bodies turning about a common point, driven by a motor. Angles of the hinge are those of b
/// seen from a, less the difference at the time it is made.
struct HingePlan {
  int body_a = 0, body_b = 0;
  Point anchor_a, anchor_b;  // in each body's own coordinates
  double lower_angle = 0, upper_angle = 0;
  double motor_speed = 0;   // [rad/s]
  double motor_torque = 0;  // at most [N m]
};

struct BodyState {
  Point position;  // of the origin
  double angle = 0;
  Point velocity;  // of the centre of mass [m/s]
  double angular_velocity = 0;
  bool awake = true;
};

/// Mass [kg], rotational inertia about the origin [kg m^2], centre of mass in body coordinates.
struct BodyMass {
  double mass = 0, inertia = 0;
  Point centre;
};

/// One world of ground, moving bodies and hinges; bodies and hinges are numbered as they are made.
/// Equal calls give equal bits (on one machine: Box2D calls sinf and cosf of libm). One thread at a
/// time per world; different worlds on different threads at the same time.
class Physics {
 public:
  /// `gravity` [m/s^2], negative is downwards.
  explicit Physics(double gravity);
  ~Physics();
  Physics(const Physics&) = delete;
  Physics& operator=(const Physics&) = delete;

  void AddGround(Point from, Point to, double friction);
  void AddGround(std::span<const Point> polygon, double friction);
  int AddBody(const BodyPlan& plan);
  int AddHinge(const HingePlan& plan);

  /// Acts at the centre of mass during the next Step.
  void ApplyForce(int body, Point force);
  void ApplyTorque(int body, double torque);
  /// Acts now, at the point `at` of the world.
  void ApplyImpulse(int body, Point impulse, Point at);
  /// Wakes both bodies, whether or not the motor changes.
  void SetMotor(int hinge, double speed, double torque);
  /// Moves on by 0.02 s with 180 velocity and 60 position iterations.
  void Step();

  BodyState State(int body) const;
  BodyMass Mass(int body) const;
  /// The corners of a body in the world.
  std::vector<Point> Outline(int body) const;
  double HingeAngle(int hinge) const;
  double HingeSpeed(int hinge) const;
  /// True from the last time that the body began to touch a piece of ground until it ceases to
  /// touch any piece: a body on two pieces that leaves one counts as in the air.
  bool touching(int body) const;
  /// True once the body has touched the ground.
  bool touched(int body) const;
  /// The part of the way from `from` to `to` at which the nearest ground lies; 1 if there is none.
  double RayCast(Point from, Point to) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace brasa
