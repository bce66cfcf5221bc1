#include "sim/ensemble/sharing/courier.hpp"

#include <algorithm>
#include <bit>
#include <chrono>
#include <type_traits>

#include "sim/ensemble/text.hpp"

namespace symbreak::ensemble {

namespace {

constexpr int kReportTag = 1, kOrderTag = 2;  // of the leaders' communicator
constexpr auto kPeriod = std::chrono::milliseconds(2);
constexpr double kReportInterval = 1, kPaceInterval = 0.25, kConversation = 0.1;  ///< seconds
/// A node asks ahead for what it will need in this time: ten times what a lease takes to come.
constexpr double kHorizon = 0.05;

}  // namespace

Courier::Courier(MPI_Comm leaders, Node& node, const std::vector<double>& costs)
    : leaders_(leaders), node_(node), ledger_(costs) {
  MPI_Comm_rank(leaders, &rank_);
  MPI_Comm_size(leaders, &nodes_);
  std::vector<int> all(static_cast<std::size_t>(nodes_));
  const int ranks = node.ranks();
  MPI_Gather(&ranks, 1, MPI_INT, all.data(), 1, MPI_INT, 0, leaders);
  known_.resize(all.size());
  double sum = 0;
  for (const int some : all) sum += some;
  for (const int some : all) share_.push_back(some / sum);
  paced_at_.time = steady();
  thread_ = std::thread([this] { run(); });
}

void Courier::finish() {
  if (thread_.joinable()) thread_.join();
}

void Courier::run() {
  for (int tick = 0; !over_ || !sent_.empty(); ++tick) {
    if (!over_) {
      // Looking for messages costs tens of microseconds, looking at the node's memory nothing.
      const bool expecting =
          asked_ || !sent_.empty() || last_.all_left != 0 || steady() - heard_at_ < kConversation;
      if (expecting || tick % (rank_ == 0 ? 3 : 10) == 0) receive();
      report();
      if (rank_ == 0) settle();
    }
    std::erase_if(sent_, [](Sent& message) {
      int done = 0;
      MPI_Test(&message.request, &done, MPI_STATUS_IGNORE);
      return done != 0;
    });
    std::this_thread::sleep_for(kPeriod);
  }
}

template <class Content>
void Courier::send(int to, const Content& content) {
  Sent& message = sent_.emplace_back(Sent{std::bit_cast<Words>(content), MPI_REQUEST_NULL});
  MPI_Isend(message.words.data(), static_cast<int>(message.words.size()), MPI_INT64_T, to,
            std::is_same_v<Content, Report> ? kReportTag : kOrderTag, leaders_, &message.request);
}

void Courier::receive() {
  const int tag = rank_ == 0 ? kReportTag : kOrderTag;
  for (;;) {
    int waiting = 0;
    MPI_Status status;
    MPI_Iprobe(MPI_ANY_SOURCE, tag, leaders_, &waiting, &status);
    if (waiting == 0) return;
    heard_at_ = steady();
    Words words{};
    MPI_Recv(words.data(), static_cast<int>(words.size()), MPI_INT64_T, status.MPI_SOURCE, tag,
             leaders_, MPI_STATUS_IGNORE);
    if (rank_ == 0) {
      hear(status.MPI_SOURCE, std::bit_cast<Report>(words));
    } else {
      obey(std::bit_cast<Order>(words));
    }
  }
}

std::int64_t Courier::wanted(double time) {
  // The pace of the node over two rounds of its ranks at least: they often finish together.
  const std::int64_t done = node_.finished() - paced_at_.finished;
  if (done >= 2 * node_.ranks() && time - paced_at_.time >= kPaceInterval) {
    pace_ = static_cast<double>(done) / (time - paced_at_.time);
    paced_at_ = {time, node_.finished()};
  }
  if (asked_ || node_.closed() || !node_.room()) return 0;
  // Units that take longer than the horizon are fetched when a worker waits: one that lies ready
  // here might be what another node lacks at the end.
  const auto soon = static_cast<std::int64_t>(pace_ * kHorizon);
  if (node_.stock() > soon || (soon == 0 && !node_.starving())) return 0;
  return std::max<std::int64_t>(soon, 1);
}

void Courier::report() {
  if (last_.all_left != 0) return;
  const double time = steady();
  Report now;
  now.all_left = node_.all_left() ? 1 : 0;  // before the sums, which are final then
  now.halt = static_cast<std::int64_t>(node_.halted());
  now.ask = now.halt == 0 && now.all_left == 0 ? wanted(time) : 0;
  now.finished = node_.finished();
  now.work = node_.work();
  const bool due = time - reported_at_ >= kReportInterval && now.work != last_.work;
  if (!due && now.ask == 0 && now.all_left == 0 && now.halt == last_.halt) return;
  asked_ = asked_ || now.ask > 0;
  last_ = now;
  reported_at_ = time;
  if (rank_ == 0) {
    hear(0, now);
  } else {
    send(0, now);
  }
}

void Courier::obey(const Order& order) {
  if (order.end > order.begin || order.closed != 0) asked_ = false;
  node_.put({order.begin, order.end});
  if (order.closed != 0) node_.close();
  node_.halt(static_cast<Halt>(order.halt));
  if (order.over != 0) {
    over_ = true;
    node_.end();
  }
}

void Courier::order(int node, const Order& order) {
  if (node == 0) {
    obey(order);
  } else {
    send(node, order);
  }
}

void Courier::hear(int node, const Report& report) {
  const auto index = static_cast<std::size_t>(node);
  if (node != 0) {
    finished_ += report.finished - known_[index].finished;
    work_ += report.work - known_[index].work;
  }
  known_[index] = report;
  if (report.ask == 0) return;
  const Lease lease = ledger_.grant(share_[index], report.ask);
  order(node, {lease.begin, lease.end, ledger_.empty() ? 1 : 0, halt_, 0});
}

void Courier::settle() {
  std::int64_t halt = 0;
  bool over = true;
  for (const Report& report : known_) {
    halt = std::max(halt, report.halt);
    over = over && report.all_left != 0;
  }
  if (halt == halt_ && !over) return;
  halt_ = halt;
  for (int node = nodes_ - 1; node >= 0; --node) order(node, {0, 0, 0, halt_, over ? 1 : 0});
}

}  // namespace symbreak::ensemble
