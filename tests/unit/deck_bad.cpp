// Decks with one defect each: the message is the test. `# expect: ` lines on top of each file.
#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "tests/unit/deck_catalogue.hpp"

namespace fs = std::filesystem;
using namespace symbreak::deck;

TEST_CASE("Every bad deck says what is wrong and where", "[deck]") {
  ::unsetenv("SYMBREAK_DATA");
  const fs::path here = fs::current_path();
  fs::current_path(SYMBREAK_SOURCE_DIR "/tests/decks_bad");
  std::vector<std::string> decks;
  for (const auto& file : fs::directory_iterator(".")) {
    decks.push_back(file.path().filename().string());
  }
  std::sort(decks.begin(), decks.end());
  CHECK(decks.size() > 60);
  for (const std::string& deck : decks) {
    INFO(deck);
    const std::string mark = "# expect: ";
    std::vector<std::string> expected, found;
    std::ifstream file(deck);
    for (std::string line; std::getline(file, line) && line.starts_with(mark);) {
      expected.push_back(line.substr(mark.size()));
    }
    try {
      load(deck, {}, small_catalogue());
    } catch (const Errors& errors) {
      found = errors.messages;
    }
    CHECK(!expected.empty());
    CHECK(found == expected);
  }
  fs::current_path(here);
}
