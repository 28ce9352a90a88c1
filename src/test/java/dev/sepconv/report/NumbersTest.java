package dev.sepconv.report;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class NumbersTest {

    @Test
    void threeDigitsOrALetter() {
        assertEquals("8,294,400", Numbers.count(8_294_400));
        assertEquals("8.29 M", Numbers.large(8_294_400));
        assertEquals("12.3 k", Numbers.large(12_345));
        assertEquals("1.00 G", Numbers.large(1_000_000_000));
        assertEquals("999", Numbers.large(999));
        assertEquals("0.0123", Numbers.digits(0.012345));
        assertEquals("1.23", Numbers.digits(1.2345));
        assertEquals("12.3", Numbers.digits(12.345));
        assertEquals("1235", Numbers.digits(1234.5));
        assertEquals("0", Numbers.digits(0));
        assertEquals("0.361", Numbers.ratio(0.36111));
    }

    @Test
    void roundNumbersLoseTheirZeros() {
        assertEquals("2 M", Numbers.round(2e6));
        assertEquals("0.05", Numbers.round(0.05));
        assertEquals("200", Numbers.round(200));
        assertEquals("1", Numbers.round(1));
        assertEquals("20 k", Numbers.round(20_000));
        assertEquals("0.2", Numbers.round(0.2));
        assertEquals("1.5", Numbers.round(1.5));
    }

    @Test
    void differencesHaveTwoDigits() {
        assertEquals("3.1e-08", Numbers.difference(3.14e-8));
        assertEquals("0", Numbers.difference(0));
        assertEquals("infinite", Numbers.difference(Double.POSITIVE_INFINITY));
    }
}
