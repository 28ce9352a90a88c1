package dev.sepconv.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ParamsCommandTest {

    @Test
    void countsEachVariant() throws IOException {
        JsonNode document = Invocation.inProcess("params", "--in", 32, "--out", 64, "--kernel", 3,
                "--groups", 4, "--size", "112x56", "--json").succeeded().json();
        // counted by hand: weights, multiply-adds a pixel are the same number, floats moved a pixel
        assertRow(document, "standard", 9 * 32 * 64, 32 + 64);
        assertRow(document, "grouped, g = 4", 9 * 8 * 64, 32 + 64);
        assertRow(document, "depthwise step", 9 * 32, 32 + 32);
        assertRow(document, "pointwise step", 32 * 64, 32 + 64);
        assertRow(document, "separable, depthwise first", 9 * 32 + 32 * 64, 32 + 32 + 32 + 64);
        assertRow(document, "separable, pointwise first", 32 * 64 + 9 * 64, 32 + 64 + 64 + 64);
        assertEquals("[[64,8,3,3]]", row(document, "grouped, g = 4").get("weights").toString());
    }

    private static void assertRow(JsonNode document, String variant, long weights,
            long floatsAPixel) {
        long pixels = 112 * 56;
        JsonNode row = row(document, variant);
        assertEquals(weights, row.get("parameters").asLong(), variant);
        assertEquals(weights / (9.0 * 32 * 64), row.get("ratioToStandard").asDouble(), 1e-12,
                variant);
        assertEquals(weights * pixels, row.get("multiplyAdds").asLong(), variant);
        assertEquals(4 * (floatsAPixel * pixels + weights), row.get("bytes").asLong(), variant);
        assertEquals(2.0 * weights * pixels / row.get("bytes").asLong(),
                row.get("arithmeticIntensity").asDouble(), 1e-9, variant);
    }

    @Test
    void setsTheArticlesFormulasBesideTheExactNumbers() throws IOException {
        JsonNode document = Invocation.inProcess("params", "--in", 32, "--out", 64, "--kernel", 3,
                "--groups", 4, "--json").succeeded().json();
        assertEquals(18432, article(document, "standard").get("parameters").asLong());
        assertEquals("g·h₁·w₁·c₂/g", article(document, "grouped, g = 4").get("formula").asText());
        assertEquals(4 * 3 * 3 * 64 / 4,
                article(document, "grouped, g = 4").get("parameters").asLong(),
                "as the article writes it");
        assertEquals(1.0 / 32, article(document, "grouped, g = 4").get("ratio").asDouble());
        assertEquals(9 * 32 * 64 / 4, row(document, "grouped, g = 4").get("parameters").asLong(),
                "as it is meant");
        assertTrue(document.get("note").asText()
                .contains("meant is g·h₁·w₁·(c₁/g)·(c₂/g) = K²·C·N/g"));
        assertEquals((9 + 32) * 64,
                article(document, "separable, depthwise first").get("parameters").asLong());
        assertEquals(1.0 / 32 + 1.0 / 9,
                article(document, "separable, depthwise first").get("ratio").asDouble(), 1e-12);
        assertEquals(1.0 / 64 + 1.0 / 9,
                row(document, "separable, depthwise first").get("ratioToStandard").asDouble(),
                1e-12);
        JsonNode xception = row(document, "separable, pointwise first");
        assertEquals(xception.get("parameters"), xception.get("article").get("parameters"),
                "the article's formula is exact there");
        assertTrue(document.get("note").asText().contains("counts N depthwise filters"));
        assertTrue(row(document, "standard").get("multiplyAdds").isNull(), "there is no size");
    }

    @Test
    void saysNothingWhereTheArticleIsExact() throws IOException {
        assertTrue(Invocation.inProcess("params", "--in", 16, "--out", 16, "--kernel", 5, "--json")
                .succeeded().json().get("note").isNull());
        assertTrue(
                Invocation.inProcess("params", "--in", 16, "--out", 16, "--kernel", 5, "--groups",
                        16, "--json").succeeded().json().get("note").isNull(),
                "where g = C the article's grouped count is right");
        assertFalse(Invocation.inProcess("params", "--in", 16, "--out", 16, "--kernel", 5)
                .succeeded().out().contains("counts N"));
    }

    @Test
    void printsATable() {
        String out = Invocation
                .inProcess("params", "--in", 32, "--out", 64, "--kernel", 3, "--size", 112)
                .succeeded().out();
        assertTrue(out.contains("231,211,008"), out);
        assertTrue(out.contains("counts N depthwise filters"), out);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|',
            value = {"--in 32 --out 64 | missing required option: '--kernel=K'",
                    "--in 0 --out 64 --kernel 3 | input channels is 0; it must be at least 1",
                    "--in 32 --out -1 --kernel 3 | output channels is -1; it must be at least 1",
                    "--in 32 --out 64 --kernel x | '--kernel'",
                    "--in 32 --out 64 --kernel 3 --groups 5 | groups is 5; it must divide both",
                    "--in 32 --out 64 --kernel 3 --groups 0 | groups is 0; it must be at least 1",
                    "--in 32 --out 64 --kernel 3 --size 5x6x7 | '--size': '5x6x7' has 3 numbers",
                    "--in 32 --out 64 --kernel 3 --size 0x6 | height is 0; it must be at least 1",
                    "--in 32 --out 64 --kernel 3 --size big | '--size'",
                    "--in 100000 --out 100000 --kernel 3 | is too large",
                    "--in 32 --out 64 --kernel 3 --size 99999x99999 | is too large",
                    "--in 99999999999 --out 64 --kernel 3 | '--in'"})
    void refuses(String args, String said) {
        Invocation.inProcess((Object[]) ("params " + args).split(" ")).failed(2, said);
    }

    private static JsonNode article(JsonNode document, String variant) {
        return row(document, variant).get("article");
    }

    private static JsonNode row(JsonNode document, String variant) {
        for (JsonNode row : document.get("variants")) {
            if (row.get("variant").asText().equals(variant)) {
                return row;
            }
        }
        throw new AssertionError(variant + " is not in " + document);
    }
}
