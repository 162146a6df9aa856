// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {ERC20Burnable} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Burnable.sol";
import {ERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Permit.sol";
import {ERC20Votes} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Votes.sol";
import {Nonces} from "@openzeppelin/contracts/utils/Nonces.sol";

/// @title DecoToken
/// @notice DECO: stake, fees and votes. The supply is fixed at deployment and can only shrink, by burning.
contract DecoToken is ERC20, ERC20Permit, ERC20Votes, ERC20Burnable {
    /// @dev 10^9 DECO are 10^12 thousandths, below 2^43: the width of a task's total stake.
    uint256 public constant INITIAL_SUPPLY = 1_000_000_000 ether;

    /// @param receiver Account that gets the whole supply.
    constructor(address receiver) ERC20("Deco", "DECO") ERC20Permit("Deco") {
        _mint(receiver, INITIAL_SUPPLY);
    }

    /// @notice Votes are counted at seconds, not at blocks: all deadlines here are seconds.
    function clock() public view override returns (uint48) {
        return uint48(block.timestamp);
    }

    // solhint-disable-next-line func-name-mixedcase
    function CLOCK_MODE() public pure override returns (string memory) {
        return "mode=timestamp";
    }

    function nonces(address owner) public view override(ERC20Permit, Nonces) returns (uint256) {
        return super.nonces(owner);
    }

    function _update(address from, address to, uint256 value) internal override(ERC20, ERC20Votes) {
        super._update(from, to, value);
    }
}
