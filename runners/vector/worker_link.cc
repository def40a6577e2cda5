#include "runners/vector/worker_link.h"

#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cmath>

namespace brasa {
namespace {

struct Head {
  std::uint32_t magic;
  Note note;
  std::uint64_t bytes;
};
constexpr std::uint32_t kMagic = 0x42724973;
constexpr std::uint64_t kMostBytes = std::uint64_t{1} << 36;
constexpr double kSecondsToStop = 1;

}  // namespace

bool Patience::Spend(double slice) {
  if (progress_ != nullptr) {
    const std::uint64_t now = progress_->load(std::memory_order_relaxed);
    if (now != seen_) {
      seen_ = now;
      left_ = seconds_ + slice;
    }
  }
  if (stop_ != nullptr && stop_->load(std::memory_order_relaxed)) {
    left_ = std::min(left_, kSecondsToStop);
  }
  left_ -= slice;
  return left_ > 1e-9;
}

WorkerLink::WorkerLink(int file, double slice) : file_(file), slice_(slice) {
  if (slice <= 0) return;
  const double whole = std::floor(slice);
  timeval time{};
  time.tv_sec = static_cast<time_t>(whole);
  time.tv_usec = static_cast<suseconds_t>((slice - whole) * 1e6);
  setsockopt(file_, SOL_SOCKET, SO_RCVTIMEO, &time, sizeof time);
  setsockopt(file_, SOL_SOCKET, SO_SNDTIMEO, &time, sizeof time);
}

WorkerLink::~WorkerLink() { close(file_); }

template <typename Move>
Heard WorkerLink::Carry(std::size_t size, Patience& patience, const Move& move) {
  for (std::size_t at = 0; at < size;) {
    const ssize_t moved = move(at, size - at);
    if (moved > 0) {
      at += static_cast<std::size_t>(moved);
    } else if (moved == 0) {
      return Heard::kGone;
    } else if (errno == EAGAIN) {
      if (!patience.Spend(slice_)) return Heard::kLate;
    } else if (errno != EINTR) {
      return Heard::kGone;
    }
  }
  return Heard::kMessage;
}

Heard WorkerLink::Send(Note note, std::string_view bytes, Patience patience) {
  const Head head{kMagic, note, bytes.size()};
  const auto send_all = [&](const void* data, std::size_t size) {
    return Carry(size, patience, [&](std::size_t at, std::size_t left) {
      return send(file_, static_cast<const char*>(data) + at, left, MSG_NOSIGNAL);
    });
  };
  const Heard sent = send_all(&head, sizeof head);
  return sent != Heard::kMessage || bytes.empty() ? sent : send_all(bytes.data(), bytes.size());
}

Heard WorkerLink::Receive(Message& message, Patience patience) {
  Head head{};
  const auto receive_all = [&](void* data, std::size_t size) {
    return Carry(size, patience, [&](std::size_t at, std::size_t left) {
      return recv(file_, static_cast<char*>(data) + at, left, 0);
    });
  };
  if (const Heard heard = receive_all(&head, sizeof head); heard != Heard::kMessage) return heard;
  if (head.magic != kMagic || head.note < Note::kSetUp || head.note > Note::kThrew ||
      head.bytes > kMostBytes) {
    return Heard::kGarbage;
  }
  message.note = head.note;
  message.bytes.resize(static_cast<std::size_t>(head.bytes));
  return message.bytes.empty() ? Heard::kMessage
                               : receive_all(message.bytes.data(), message.bytes.size());
}

}  // namespace brasa
