#include "sim/ensemble/head.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "sim/ensemble/assemble.hpp"
#include "sim/ensemble/text.hpp"

namespace symbreak::ensemble {

namespace fs = std::filesystem;

namespace {

/// So many segments that killed sessions left are packed into the result before anything else.
constexpr std::size_t kManySegments = 100;
/// Name of the time that putting the result together has taken.
constexpr const char* kAssembly = "assembly_seconds";

}  // namespace

void Head::start(const std::vector<std::string>& overrides) {
  store.open(deck_.verbatim);
  if (!store.note().empty()) say(store.note() + "\n");
  found = store.find(plan_);
  for (const std::string& note : found->notes) say(fmt::format("{}\n", note));
  for (std::size_t u = 0; u < plan_.units.size(); ++u) {
    if (!is_mine(u)) continue;
    if (found->finished.contains(u)) {
      work_before += Plan::work(plan_.units[u]);
      continue;
    }
    todo.push_back(u);
    if (found->states.contains(u)) resumable.push_back(u);
  }
  std::error_code unknown;
  const bool many = found->needed.size() > kManySegments;
  const bool pack =
      (!found->needed.empty() && (many || todo.empty())) || !found->same_units || found->sliced;
  if (!fs::exists(target(), unknown)) assemble_nothing(target(), deck_, plan_);
  if (pack) {
    write(found->performance);
    found->finished = Finished(plan_);
    found->finished.add(record::ResultReader(target()));
  }
  found->states.write(store.states(), plan_.continuation());
  for (const fs::path& file : found->rejected) store.reject(file);
  record::write_text(store.run() / "deck.ini", deck_.verbatim);
  if (!overrides.empty()) {
    record::write_text(store.run() / kOverrides, fmt::format("{}\n", fmt::join(overrides, "\n")));
  }
  if (pack) found->needed.clear();
  const std::set<fs::path> kept(found->needed.begin(), found->needed.end());
  for (const fs::path& file : found->files) {
    if (!kept.contains(file)) fs::remove(file, unknown);
  }
}

double Head::reserve() const {
  constexpr double kMargin = 1.3;
  const auto before = found->performance.find(kAssembly);
  const double measured = before == found->performance.end() ? 0 : kMargin * before->second;
  return std::max(measured, assembly_seconds(plan_));
}

bool Head::complete() const {
  if (mine_.empty()) return finished() == plan_.units.size();
  for (std::size_t u = 0; u < plan_.units.size(); ++u) {
    if (mine_[u] && !found->finished.contains(u)) return false;
  }
  return true;
}

fs::path Head::target() const {
  // A result that longer units replace stays until they are complete.
  return found->replaced && !complete() ? store.next() : store.result();
}

void Head::write(const std::map<std::string, double>& performance) {
  // States first: a unit that they say is further than its result only has less to do.
  found->states.write(store.states(), plan_.continuation());
  record::ResultFile head;
  head.sessions = found->sessions;
  head.performance = performance;
  assemble(target(), deck_, plan_, found->finished, std::move(head), kAssembly);
  std::error_code ignored;
  if (target() == store.result()) fs::remove(store.next(), ignored);
}

void Head::finish(const std::vector<fs::path>& files, record::Session session,
                  const std::map<std::string, double>& performance) {
  const std::size_t before = finished();
  std::vector<fs::path> done;  // units under way stay where they are: a stop has little time
  for (const fs::path& file : files) {
    const record::SegmentReader segment(file);
    found->finished.add(file, segment);
    if (!found->states.add(file, segment, found->finished, true)) done.push_back(file);
  }
  session.units = static_cast<std::int64_t>(finished() - before);
  found->sessions.push_back(session);
  write(performance);
  std::error_code ignored;
  for (const fs::path& file : done) fs::remove(file, ignored);
  for (const fs::path& file : found->needed) fs::remove(file, ignored);
  if (complete()) store.clear();
}

}  // namespace symbreak::ensemble
