#include "sim/ensemble/head.hpp"

#include <fmt/format.h>

#include <set>

#include "sim/ensemble/assemble.hpp"
#include "sim/ensemble/text.hpp"

namespace symbreak::ensemble {

namespace fs = std::filesystem;

namespace {

/// So many segments that killed sessions left are packed into the result before anything else.
constexpr std::size_t kManySegments = 100;

}  // namespace

void Head::start() {
  store.open(deck_.verbatim);
  found = store.find(plan_);
  for (const std::string& note : found->notes) say(fmt::format("{}\n", note));
  std::set<std::size_t> states;
  for (const auto& unit : found->unfinished) states.insert(*found->finished.index(unit.id));
  for (std::size_t u = 0; u < plan_.units.size(); ++u) {
    if (found->finished.contains(u)) {
      work_before += Plan::work(plan_.units[u]);
      continue;
    }
    todo.push_back(u);
    if (states.contains(u)) resumable.push_back(u);
  }
  if (!found->result) assemble_nothing(store.result(), deck_, plan_);
  const bool pack = found->in_segments > 0 && (found->files.size() > kManySegments || todo.empty());
  if (pack) {
    write(found->performance);
    found->finished = Finished(plan_);
    found->finished.add(record::ResultReader(store.result()));
  }
  record::write_text(store.run() / "deck.ini", deck_.verbatim);
  std::set<fs::path> kept;
  for (const record::UnfinishedUnit& unit : found->unfinished) {
    record::write_segment(store.resume(unit.id), {plan_.fingerprint(), {}, {unit}});
    kept.insert(store.resume(unit.id));
  }
  if (!pack) kept.insert(found->needed.begin(), found->needed.end());
  std::error_code ignored;
  for (const fs::path& file : found->files) {
    if (!kept.contains(file)) fs::remove(file, ignored);
  }
}

void Head::write(const std::map<std::string, double>& performance) {
  record::ResultFile head;
  head.sessions = found->sessions;
  head.performance = performance;
  assemble(store.result(), deck_, plan_, found->finished, std::move(head));
}

void Head::finish(const std::vector<fs::path>& files, record::Session session,
                  const std::map<std::string, double>& performance) {
  const std::size_t before = found->finished.count();
  for (const fs::path& file : files) found->finished.add(file, record::SegmentReader(file));
  session.units = static_cast<std::int64_t>(found->finished.count() - before);
  found->sessions.push_back(session);
  write(performance);
  std::error_code ignored;
  for (const fs::path& file : files) fs::remove(file, ignored);
  for (const fs::path& file : found->needed) fs::remove(file, ignored);
  if (found->finished.count() == plan_.units.size()) fs::remove_all(store.segments(), ignored);
}

}  // namespace symbreak::ensemble
