#include <fmt/format.h>

#include <map>

#include "sim/target/families.hpp"

namespace symbreak::target {

namespace {

/// Everything that makes two targets the same: the [target] values and, for quenched disorder, the
/// address it is drawn at.
std::string cache_key(const TargetKind& family, const deck::Parameters& parameters,
                      const random::Address& address) {
  std::string text;
  for (const auto& [path, value] : parameters.all()) {
    if (!path.starts_with("target.")) continue;
    text += path + "=" + value.canonical();
    if (value.kind == deck::Kind::file) {
      for (const std::string& file : parameters.words(path)) text += "|" + file;
    }
    text += "\n";
  }
  if (family.disordered) {
    text +=
        fmt::format("{} {} {} {}", address.seed, address.point, address.disorder, address.replica);
  }
  return text;
}

}  // namespace

const std::vector<TargetKind>& kinds() {
  static const std::vector<TargetKind> all = {deltas(),      sphere(),  gaussian_mixture(),
                                              curie_weiss(), dataset(), random_hierarchy(), synthetic_dataset()};
  return all;
}

const TargetKind& kind(const std::string& name) {
  std::string known;
  for (const TargetKind& family : kinds()) {
    if (family.name == name) return family;
    known += (known.empty() ? "" : ", ") + family.name;
  }
  throw deck::KeyError("target.kind", fmt::format("unknown target '{}'; known: {}", name, known));
}

std::shared_ptr<const Target> build(const deck::Parameters& parameters,
                                    const random::Address& address) {
  static std::map<std::string, std::weak_ptr<const Target>> live;
  const TargetKind& family = kind(parameters.word("target.kind"));
  const std::string key = cache_key(family, parameters, address);
  if (const auto found = live.find(key); found != live.end()) {
    if (auto target = found->second.lock()) return target;
  }
  std::erase_if(live, [](const auto& entry) { return entry.second.expired(); });
  auto target = family.make(parameters, address);
  live[key] = target;
  return target;
}

}  // namespace symbreak::target
