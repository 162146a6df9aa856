pragma circom 2.2.0;

include "../sum-of-squares.circom";

component main {public [binding]} = SumOfSquares();
