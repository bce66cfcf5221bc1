// Result files of every format version that was ever written: they are read, analysed and reported.
#include <catch2/catch.hpp>
#include <filesystem>

#include "analysis/findings/registry.hpp"
#include "analysis/report/report.hpp"
#include "sim/record/record.hpp"
#include "tests/scratch.hpp"

using namespace symbreak;
namespace fs = std::filesystem;

TEST_CASE("A stored result of each format version is read, analysed and reported") {
  const fs::path formats = fs::path(SYMBREAK_SOURCE_DIR) / "tests" / "formats";
  int read = 0;
  for (const auto& entry : fs::recursive_directory_iterator(formats)) {
    if (entry.path().extension() != ".h5") continue;
    INFO(entry.path());
    const verdict::Result result = record::read_result(entry.path()).result;
    REQUIRE_FALSE(result.points.empty());
    const verdict::Findings findings = findings::analyse(result);
    CHECK_FALSE(findings.verdicts.empty());
    for (const verdict::Verdict& verdict : findings.verdicts) {
      INFO(verdict.quantity << " z " << verdict.z());
      CHECK(verdict.agrees());
    }
    CHECK_FALSE(report::text(result, findings).empty());
    CHECK_FALSE(report::json(result, findings).empty());
    ++read;
  }
  CHECK(read >= 3);
}

TEST_CASE("Arrays of format version 1 become arrays") {
  const fs::path formats = fs::path(SYMBREAK_SOURCE_DIR) / "tests" / "formats" / "schema_1";
  bool arrays = false;
  for (const auto& entry : fs::directory_iterator(formats)) {
    if (entry.path().extension() != ".h5") continue;
    for (const verdict::Point& point : record::read_result(entry.path()).result.points) {
      CHECK(point.facts.size() == point.predictions.size());
      for (const verdict::Fact& fact : point.facts) arrays = arrays || fact.values.size() > 1;
    }
  }
  CHECK(arrays);
}
