package dev.sepconv.compare;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class OthersTest {

    @Test
    void whatOthersUseIsReadFromTheKernel() {
        assertEquals(1 + 2 + 3 + 6 + 7 + 8, Others.busyTicks("cpu  1 2 3 4 5 6 7 8 9 10"));
    }

    @Test
    void theShareIsOne() throws InterruptedException {
        Others others = new Others();
        Thread.sleep(20);
        Double share = others.share();
        assertTrue(share == null || share >= 0 && share <= 1, () -> "share " + share);
    }

    @Test
    void whatProcessesOfOursTookIsNotOfOthers() {
        assertEquals(70 + 8,
                Others.childTicks(
                        "12 (a) b) S 1 12 12 0 -1 4194560 9 99 0 0 5 6 70 8 20 0 1 0 77 8 9"),
                "cutime and cstime");
    }
}
