#include <catch2/catch.hpp>

#include "analysis/report/report.hpp"
TEST_CASE("placeholder"){}
