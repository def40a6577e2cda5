#include "envs/box2d/physics.h"

#include <box2d/box2d.h>

#include <array>
#include <cstdint>

#include "brasa/core/assert.h"

namespace brasa {
namespace {

constexpr std::uint16_t kGroundBits = 0x0001, kMoverBits = 0x0020;
constexpr float kTimeStep = 1.0f / 50.0f;  // [s]
constexpr int kVelocityIterations = 180, kPositionIterations = 60;

float Single(double value) { return static_cast<float>(value); }
b2Vec2 Single(Point point) { return {Single(point.x), Single(point.y)}; }
Point Double(b2Vec2 v) { return {static_cast<double>(v.x), static_cast<double>(v.y)}; }

b2PolygonShape PolygonOf(std::span<const Point> outline) {
  BRASA_ASSERT(outline.size() >= 3 && outline.size() <= b2_maxPolygonVertices);
  std::array<b2Vec2, b2_maxPolygonVertices> corners;
  for (std::size_t i = 0; i < outline.size(); ++i) corners[i] = Single(outline[i]);
  b2PolygonShape shape;
  shape.Set(corners.data(), static_cast<int32>(outline.size()));
  return shape;
}

b2FixtureDef FixtureOf(const b2Shape& shape, double friction) {
  b2FixtureDef fixture;
  fixture.shape = &shape;
  fixture.friction = Single(friction);
  return fixture;
}

/// Which bodies touch the ground. A body's number + 1 is its user data; the ground's is 0.
class Touches final : public b2ContactListener {
 public:
  void Add() {
    now_.push_back(0);
    ever_.push_back(0);
  }
  void BeginContact(b2Contact* contact) override {
    for (const std::size_t body : {First(contact), Second(contact)}) {
      if (body > 0) now_[body - 1] = ever_[body - 1] = 1;
    }
  }
  void EndContact(b2Contact* contact) override {
    for (const std::size_t body : {First(contact), Second(contact)}) {
      if (body > 0) now_[body - 1] = 0;
    }
  }
  bool now(std::size_t body) const { return now_[body] != 0; }
  bool ever(std::size_t body) const { return ever_[body] != 0; }

 private:
  static std::size_t First(b2Contact* contact) {
    return contact->GetFixtureA()->GetBody()->GetUserData().pointer;
  }
  static std::size_t Second(b2Contact* contact) {
    return contact->GetFixtureB()->GetBody()->GetUserData().pointer;
  }

  std::vector<char> now_, ever_;  // one per moving body
};

class NearestGround final : public b2RayCastCallback {
 public:
  float ReportFixture(b2Fixture* fixture, const b2Vec2&, const b2Vec2&, float fraction) override {
    if ((fixture->GetFilterData().categoryBits & kGroundBits) == 0) return -1;
    fraction_ = fraction;
    return fraction;
  }
  float fraction() const { return fraction_; }

 private:
  float fraction_ = 1;
};

/// Box2D 2.4 fills one table of contact types when the first contact of the process arises. Lets
/// that happen once, before worlds run on several threads. Its other globals are counters and
/// times of its own diagnosis, which nothing reads.
bool FillContactTable() {
  b2World world({0, 0});
  b2BodyDef definition;
  definition.type = b2_dynamicBody;
  b2PolygonShape box;
  box.SetAsBox(1, 1);
  for (int i = 0; i < 2; ++i) world.CreateBody(&definition)->CreateFixture(&box, 1);
  world.Step(kTimeStep, 1, 1);
  return true;
}

}  // namespace

struct Physics::Impl {
  explicit Impl(double gravity) : world({0, Single(gravity)}) {
    static const bool table_filled = FillContactTable();
    static_cast<void>(table_filled);
    world.SetContactListener(&touches);
    const b2BodyDef definition;
    ground = world.CreateBody(&definition);
  }
  b2Body& body(int i) const { return *bodies[static_cast<std::size_t>(i)]; }
  b2RevoluteJoint& hinge(int i) const { return *hinges[static_cast<std::size_t>(i)]; }

  Touches touches;  // outlives the world
  b2World world;
  b2Body* ground = nullptr;
  std::vector<b2Body*> bodies;
  std::vector<b2RevoluteJoint*> hinges;
};

Physics::Physics(double gravity) : impl_(std::make_unique<Impl>(gravity)) {}
Physics::~Physics() = default;

void Physics::AddGround(Point from, Point to, double friction) {
  b2EdgeShape edge;
  edge.SetTwoSided(Single(from), Single(to));
  const b2FixtureDef fixture = FixtureOf(edge, friction);
  impl_->ground->CreateFixture(&fixture);
}

void Physics::AddGround(std::span<const Point> polygon, double friction) {
  const b2PolygonShape shape = PolygonOf(polygon);
  const b2FixtureDef fixture = FixtureOf(shape, friction);
  impl_->ground->CreateFixture(&fixture);
}

int Physics::AddBody(const BodyPlan& plan) {
  const auto number = static_cast<int>(impl_->bodies.size());
  b2BodyDef definition;
  definition.type = b2_dynamicBody;
  definition.position = Single(plan.position);
  definition.angle = Single(plan.angle);
  definition.userData.pointer = static_cast<std::uintptr_t>(number) + 1;
  const b2PolygonShape shape = PolygonOf(plan.outline);
  b2FixtureDef fixture = FixtureOf(shape, plan.friction);
  fixture.density = Single(plan.density);
  fixture.filter.categoryBits = kMoverBits;
  fixture.filter.maskBits = kGroundBits;
  b2Body* body = impl_->world.CreateBody(&definition);
  body->CreateFixture(&fixture);
  impl_->bodies.push_back(body);
  impl_->touches.Add();
  return number;
}

int Physics::AddHinge(const HingePlan& plan) {
  b2RevoluteJointDef definition;
  definition.bodyA = &impl_->body(plan.body_a);
  definition.bodyB = &impl_->body(plan.body_b);
  definition.localAnchorA = Single(plan.anchor_a);
  definition.localAnchorB = Single(plan.anchor_b);
  definition.referenceAngle = definition.bodyB->GetAngle() - definition.bodyA->GetAngle();
  definition.enableLimit = true;
  definition.lowerAngle = Single(plan.lower_angle);
  definition.upperAngle = Single(plan.upper_angle);
  definition.enableMotor = true;
  definition.motorSpeed = Single(plan.motor_speed);
  definition.maxMotorTorque = Single(plan.motor_torque);
  b2Joint* joint = impl_->world.CreateJoint(&definition);
  impl_->hinges.push_back(static_cast<b2RevoluteJoint*>(joint));
  return static_cast<int>(impl_->hinges.size()) - 1;
}

void Physics::ApplyForce(int body, Point force) {
  impl_->body(body).ApplyForceToCenter(Single(force), true);
}

void Physics::ApplyTorque(int body, double torque) {
  impl_->body(body).ApplyTorque(Single(torque), true);
}

void Physics::ApplyImpulse(int body, Point impulse, Point at) {
  impl_->body(body).ApplyLinearImpulse(Single(impulse), Single(at), true);
}

void Physics::SetMotor(int hinge, double speed, double torque) {
  b2RevoluteJoint& joint = impl_->hinge(hinge);
  // 2.3.1 wakes at every setting, 2.4 at a change; a body that is awake keeps its time of rest.
  for (b2Body* body : {joint.GetBodyA(), joint.GetBodyB()}) {
    if (!body->IsAwake()) body->SetAwake(true);
  }
  joint.SetMotorSpeed(Single(speed));
  joint.SetMaxMotorTorque(Single(torque));
}

void Physics::Step() { impl_->world.Step(kTimeStep, kVelocityIterations, kPositionIterations); }

BodyState Physics::State(int body) const {
  const b2Body& b = impl_->body(body);
  return {Double(b.GetPosition()), static_cast<double>(b.GetAngle()), Double(b.GetLinearVelocity()),
          static_cast<double>(b.GetAngularVelocity()), b.IsAwake()};
}

BodyMass Physics::Mass(int body) const {
  b2MassData data;
  impl_->body(body).GetMassData(&data);
  return {static_cast<double>(data.mass), static_cast<double>(data.I), Double(data.center)};
}

std::vector<Point> Physics::Outline(int body) const {
  const b2Body& b = impl_->body(body);
  const auto* shape = static_cast<const b2PolygonShape*>(b.GetFixtureList()->GetShape());
  std::vector<Point> corners;
  for (int i = 0; i < shape->m_count; ++i) {
    corners.push_back(Double(b.GetWorldPoint(shape->m_vertices[i])));
  }
  return corners;
}

double Physics::HingeAngle(int hinge) const {
  return static_cast<double>(impl_->hinge(hinge).GetJointAngle());
}

double Physics::HingeSpeed(int hinge) const {
  return static_cast<double>(impl_->hinge(hinge).GetJointSpeed());
}

bool Physics::touching(int body) const {
  return impl_->touches.now(static_cast<std::size_t>(body));
}

bool Physics::touched(int body) const {
  return impl_->touches.ever(static_cast<std::size_t>(body));
}

double Physics::RayCast(Point from, Point to) const {
  NearestGround nearest;
  impl_->world.RayCast(&nearest, Single(from), Single(to));
  return static_cast<double>(nearest.fraction());
}

}  // namespace brasa
