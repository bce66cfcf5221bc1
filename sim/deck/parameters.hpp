// Resolved, typed values of all keys at one point of a sweep. May depend on: sim/deck/key.hpp,
// fmt.
#pragma once
#include <fmt/format.h>

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/deck/key.hpp"

namespace symbreak::deck {

/// A value that is well-formed but wrong in context (an unreadable data file, an impossible
/// combination). Thrown by targets and experiments with the key at fault; the loader turns it into
/// `deck.ini:LINE:COLUMN: message`.
struct KeyError : std::runtime_error {
  std::string key;  ///< "target.file"
  KeyError(std::string key_path, const std::string& message)
      : std::runtime_error(message), key(std::move(key_path)) {}
  /// The same with a text that has fields.
  template <class... Fields>
  requires(sizeof...(Fields) > 0)
      KeyError(std::string key_path, fmt::format_string<Fields...> text, Fields&&... fields)
      : KeyError(std::move(key_path), fmt::format(text, std::forward<Fields>(fields)...)) {}
};

/// One resolved value. Numbers are kept as double (and integer exactly), lists as vectors.
struct Value {
  Kind kind = Kind::real;
  Role role = Role::physics;
  Arity arity = Arity::scalar;
  std::vector<double> numbers;          ///< integer, real, boolean (0/1), duration (seconds)
  std::vector<std::string> words;       ///< word, text, seed; file: as written in the deck
  std::vector<std::string> paths{};     ///< file: where it was found
  std::vector<std::string> contents{};  ///< file: hash of what it holds; decides the identity, so
                                        ///< that a copy of another name or place is the same
  std::string canonical() const;        ///< shortest text that reads back to the same value
};

/// 64-bit FNV-1a; of several texts in a row: each from the hash of those before it.
inline constexpr std::uint64_t kFnvStart = 0xcbf29ce484222325;
std::uint64_t fnv1a(std::string_view text, std::uint64_t before = kFnvStart);
/// Shortest text of a number that reads back to it; integers without a point or a sign of zero.
std::string number_text(double number);

/// Key path -> value. Asking for an undeclared key or the wrong kind is a programming error
/// (std::logic_error): every key a target or an experiment reads must be one it declares.
class Parameters {
 public:
  double real(const std::string& path) const;
  std::int64_t integer(const std::string& path) const;
  bool flag(const std::string& path) const;
  const std::string& word(const std::string& path) const;  ///< word, text and file (resolved path)
  const std::vector<double>& reals(const std::string& path) const;       ///< Arity::list
  const std::vector<std::string>& words(const std::string& path) const;  ///< Arity::list
  std::uint64_t seed() const;                                            ///< run.seed, all 64 bits
  bool has(const std::string& path) const;
  /// Of a number that is `auto(tolerance)`; nullopt where it is written out.
  std::optional<double> tolerance(const std::string& path) const;
  const Value& value(const std::string& path) const;

  void set(const std::string& path, Value value);
  /// From here on copies have the values in common, and each holds but what it sets itself: the
  /// points of a sweep cost as much as the keys that differ.
  void share();
  using Entry = std::pair<const std::string&, const Value&>;
  std::vector<Entry> all() const;  ///< in path order; refers to this object

  /// 64-bit FNV-1a of "path=canonical\n" (files: their contents) over all physics keys of [target]
  /// [forward] [experiment] in path order: the identity of a point, independent of its place in the
  /// sweep.
  std::uint64_t identity() const;

 private:
  using Values = std::map<std::string, Value>;
  struct Common {
    Values values;
    std::map<std::string, std::string> lines;  ///< of `identity`
  };
  const Value* find(const std::string& path) const;
  std::shared_ptr<const Common> common_;
  std::shared_ptr<Values> own_;  ///< hides what is common; copied when one of several owners sets
};

}  // namespace symbreak::deck
