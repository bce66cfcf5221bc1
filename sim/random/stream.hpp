// Counter-based random streams. May depend on: Random123, the standard library.
//
// A stream is a pure function of its address: there is no state but a counter, nothing depends on
// the rank, and two different addresses never share numbers (see `Stream`).
#pragma once
#include <cstdint>
#include <span>

namespace symbreak::random {

/// The one registry of what random numbers are drawn for. Values are part of the reproducibility
/// contract: append, never renumber.
enum class Purpose : std::uint32_t {
  data = 1,        ///< a random dataset: quenched disorder, shared under `share_disorder`
  planted = 2,     ///< which datum, and the clean datum itself, behind a planted noisy state
  noise = 3,       ///< forward noise z of x = y + sigma sqrt(t) z
  dynamics = 4,    ///< Wiener increments of the reverse process
  copies = 5,      ///< posterior samples y_a of the copies ensemble
  field = 6,       ///< auxiliary field x given the copies
  start = 7,       ///< initial conditions
  resample = 8,    ///< bootstrap and permutation in the analysis
  projection = 9,  ///< random directions (sliced distances)
  toy = 10,        ///< the closed-form toy experiment
  test = 11,       ///< tests
  probe = 11,  ///< what set-up looks at before a run, seed 0: the extent of a law. Never results
  posterior = 12,  ///< Markov chains of a sampled posterior
  target = 13,     ///< Markov chains that sample the target itself
  levels = 14,     ///< energy levels of a random-energy model
  langevin = 15,   ///< Langevin correctors and equilibria
};

/// Where a stream lives. `point` is the content hash of the point's physics keys, so that adding a
/// temperature to a sweep leaves the numbers of all others untouched.
struct Address {
  std::uint64_t seed = 0;
  std::uint64_t point = 0;
  std::uint32_t disorder = 0;
  std::uint32_t replica = 0;
  Purpose purpose = Purpose::test;
};

/// Philox4x32-10 (Salmon et al., SC'11) as a Boost.Random engine of 64-bit words.
///
/// Keying: the 192-bit address is the counter of one Philox4x64-10 block; 128 bits of its output
/// become the 64-bit key and the high half of the 128-bit counter, so all seed bits count and two
/// addresses collide with probability 2^-128. Word w of the stream is 64-bit half (w mod 2) of
/// block floor(w/2), low 32-bit word first. 2^64 blocks per stream.
class Stream {
 public:
  using result_type = std::uint64_t;

  explicit Stream(const Address& address);

  static constexpr result_type min() { return 0; }
  static constexpr result_type max() { return ~result_type{0}; }
  result_type operator()();

  /// Number of 64-bit words drawn so far; `seek` restores it (this is the whole checkpoint state).
  std::uint64_t position() const { return position_; }
  void seek(std::uint64_t position);

  /// One uniform in the open interval (0,1), from one word (top 52 bits, centred).
  double uniform();
  /// One standard normal; tails to 9.42 (the radius has 64 random bits, P(|z| > 9.42) = 5e-21).
  /// Normals come in Box-Muller pairs from two words; the scalar call uses two
  /// words and returns the first of the pair, so that `position` remains the whole state.
  double normal();

  /// Bulk versions, vectorised, bit-identical to the scalar definitions above except that `normals`
  /// uses both members of each pair: out[2i], out[2i+1] are the pair of the words at
  /// position + 2i, position + 2i + 1 (an odd tail discards the second member).
  void words(std::span<std::uint64_t> out);
  void uniforms(std::span<double> out);
  void normals(std::span<double> out);
  void normals(std::span<float> out);  ///< the double ones, rounded

 private:
  std::uint64_t key_ = 0;       // Philox key
  std::uint64_t high_ = 0;      // high half of the counter
  std::uint64_t position_ = 0;  // words drawn
  std::uint64_t block_[2] =
      {};  // the block that holds position_, valid when cached_ == position_/2
  std::uint64_t cached_ = ~std::uint64_t{0};
};

}  // namespace symbreak::random
