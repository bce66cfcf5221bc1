// Thousands of damaged decks: each is read or refused with messages, nothing else happens.
#include <catch2/catch.hpp>
#include <random>

#include "tests/unit/deck_catalogue.hpp"

using namespace symbreak::deck;

TEST_CASE("A damaged deck is read or refused, never worse", "[deck]") {
  Catalogue catalogue = small_catalogue();
  catalogue.most_points = 500;
  const std::string good =
      "# three deltas\n[run]\nname = fuzz\nseed = 18446744073709551615\nwalltime = 12:00:00\n"
      "zip = target.w0, experiment.t\n[target]\nkind = deltas\npreset = three_deltas\n"
      "w0 = 0.1, 0.2, 0.3\npoints = 1, -1\n[forward]\nclock = ddpm\nsigma = 1.5e0 # wide\n"
      "[experiment]\nkind = equation_of_state\nt = critical(±0.5, 3)\nh = log(1, 8, 4), "
      "lin(0,1,2)\n"
      "branches = yes\n";
  REQUIRE(parse(good, "d.ini", {}, catalogue).points.size() == 15);
  const std::vector<std::string> pieces{"[",
                                        "]",
                                        "=",
                                        "#",
                                        " #",
                                        ",",
                                        "(",
                                        ")",
                                        "±",
                                        "+-",
                                        "\n",
                                        "\r\n",
                                        "lin(",
                                        "log(",
                                        "critical(",
                                        "0",
                                        "-1",
                                        "1e999",
                                        "nan",
                                        "9007199254740993",
                                        "kind",
                                        "\xFF",
                                        std::string(1, '\0'),
                                        "seed = 1\n",
                                        "[target]\n",
                                        "sphere",
                                        ":",
                                        " d",
                                        std::string(3000, '('),
                                        std::string(300, ',')};
  std::mt19937_64 random(20240601);  // only variety is asked of it
  const auto below = [&random](std::size_t n) { return static_cast<std::size_t>(random() % n); };
  std::size_t refused = 0;
  constexpr std::size_t kDecks = 5000;
  for (std::size_t i = 0; i < kDecks; ++i) {
    std::string text = good;
    for (std::size_t edits = 1 + below(6); edits > 0; --edits) {
      const std::size_t at = below(text.size() + 1), length = below(12);
      switch (below(4)) {
        case 0:
          text.erase(at, length);
          break;
        case 1:
          text.insert(at, pieces[below(pieces.size())]);
          break;
        case 2:
          text.insert(at, text.substr(below(text.size() + 1), 4 * length));
          break;
        default:
          if (at < text.size()) text[at] = static_cast<char>(random());
      }
    }
    std::vector<std::string> overrides;
    if (i % 3 == 0) overrides.push_back("target." + text.substr(below(text.size() + 1), 40));
    std::size_t points = 0, messages = 0;
    try {
      points = parse(text, "d.ini", overrides, catalogue).points.size();
    } catch (const Errors& errors) {
      messages = errors.messages.size();
      ++refused;
    }
    if ((points == 0) == (messages == 0)) FAIL("neither points nor messages:\n" << text);
  }
  CHECK(refused > kDecks / 2);
}
