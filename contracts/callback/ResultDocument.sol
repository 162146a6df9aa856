// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Base64} from "@openzeppelin/contracts/utils/Base64.sol";

/// @title ResultDocument
/// @notice Takes small outputs out of a result document. Documents are canonical JSON, in which one content has one spelling; so
/// a document of the shape that is asked for is two known texts with base 64 between them, and needs no parser.
library ResultDocument {
    /// @notice Thrown when the document is not of the shape that is asked for: another exit code, more outputs, none.
    error UnexpectedDocument();
    /// @notice Thrown when the text is not a whole number of `digits` digits at most, and nothing else but a line feed at its end.
    error NotANumber(bytes text);

    /// @notice Content of the only file that a program wrote, having ended with exit code 0 and no standard output kept.
    /// @param path Path of the file, without characters that JSON escapes.
    function onlyFile(bytes calldata document, string memory path) internal pure returns (bytes memory content) {
        return _between(
            document,
            '{"deco":"result/1","exitCode":0,"outputs":{"inline":[{"base64":"',
            bytes.concat('","path":"', bytes(path), '"}]}}')
        );
    }

    /// @notice Standard output of a program that wrote no file, having ended with exit code 0.
    function onlyStdout(bytes calldata document) internal pure returns (bytes memory content) {
        return _between(document, '{"deco":"result/1","exitCode":0,"stdout":{"inline":"', '"}}');
    }

    /// @notice A decimal number of at most 77 digits, which always fits; a line feed may end it.
    function toUint(bytes memory text) internal pure returns (uint256 value) {
        uint256 length = text.length;
        if (length != 0 && text[length - 1] == "\n") --length;
        if (length == 0 || length > 77) revert NotANumber(text);
        for (uint256 i = 0; i < length; ++i) {
            uint256 character = uint8(text[i]);
            if (character < 48 || character > 57) revert NotANumber(text);
            value = value * 10 + (character - 48);
        }
    }

    function _between(bytes calldata document, bytes memory head, bytes memory tail)
        private
        pure
        returns (bytes memory)
    {
        uint256 length = document.length;
        if (length < head.length + tail.length) revert UnexpectedDocument();
        uint256 end = length - tail.length;
        bool fits = keccak256(document[:head.length]) == keccak256(head) && keccak256(document[end:]) == keccak256(tail);
        if (!fits) revert UnexpectedDocument();
        // A quote within, which would hide a further member, is no character of base 64 and refused.
        return Base64.decode(string(document[head.length:end]));
    }
}
