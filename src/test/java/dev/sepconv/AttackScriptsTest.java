package dev.sepconv;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What fuzz, soak and oracle refuse before they build anything. */
class AttackScriptsTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|',
            value = {"fuzz --minutes|fuzz: --minutes is missing; it must be a whole number from 1",
                    "fuzz --seconds 07|fuzz: --seconds is 07; it must be a whole number from 1",
                    "fuzz --fast|fuzz: there is no option --fast",
                    "fuzz pdf|fuzz: there is no target pdf",
                    "fuzz --model none|fuzz: --model is none; it must be a file",
                    "soak --minutes x|soak: --minutes is x; it must be a whole number from 1",
                    "soak --plans -1|soak: --plans is -1; it must be a whole number from 1",
                    "soak --engine|soak: --engine is missing; it must be simd, plain, java or",
                    "soak --engine cuda|soak: --engine is cuda; it must be simd, plain, java or",
                    "oracle --cases 0|oracle: --cases is 0; it must be a whole number from 1",
                    "oracle 5|oracle: there is no option 5"})
    @Timeout(value = 1, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void wrongUsage(String command, String sentence) throws Exception {
        String[] words = command.split(" ", 2);
        ScriptRun run = ScriptRun.of(ScriptRun.script(words[0]), words.length == 1 ? "" : words[1]);
        assertTrue(run.output().startsWith(sentence), run.output());
        assertEquals(2, run.code());
    }
}
