// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {MessageHashUtils} from "@openzeppelin/contracts/utils/cryptography/MessageHashUtils.sol";

import {IAllocator} from "../../interfaces/IAllocator.sol";
import {IDecoFolds} from "../../interfaces/IDecoFolds.sol";
import {IDecoMatching} from "../../interfaces/IDecoMatching.sol";
import {Accounting} from "../../libraries/Accounting.sol";
import {Signatures} from "../../libraries/Signatures.sol";
import {FoldLib} from "../../types/Fold.sol";
import {AssignedSeat, Match, MatchingLib, OfferSeat, TaskSeat} from "../../types/Matching.sol";
import {Request, RequestLib} from "../../types/Request.sol";
import {SeatLib} from "../../types/Seat.sol";
import {TaskLib, TaskStatus} from "../../types/Task.sol";
import {Drawing} from "../Drawing.sol";
import {Offers} from "./Offers.sol";
import {SignedOpening} from "./SignedOpening.sol";

/// @dev What the seats of one item share.
struct Placing {
    bytes32 taskId;
    bytes32 domain;
    /// The packed task.
    uint256 word;
    /// The packed parameters of its post; of a fold only.
    uint256 terms;
    /// Whether its seats may raise trust.
    bool early;
}

/// @title Assignments
/// @notice Seats that the allocator of a request gives.
abstract contract Assignments is SignedOpening, Offers, Drawing {
    using MatchingLib for TaskSeat;
    using MessageHashUtils for bytes32;
    using RequestLib for Request;
    using TaskLib for uint256;

    /// @dev Items of one call.
    uint256 internal constant MAX_MATCHES = 32;

    /// @dev Where this code is, for {openMany}.
    address private immutable SELF = address(this);

    /// @dev See {IDecoMatching-openAndAssign}.
    function openAndAssign(Match calldata item) external nonReentrant returns (bytes32 taskId) {
        Request calldata request = item.request;
        taskId = _hash(request);
        uint256 word = _tasks[taskId];
        uint256 count = item.taskSeats.length + item.offerSeats.length;
        if (word == 0) {
            (word,) = _openSigned(request, taskId, item.signature);
            _announceRound(taskId, word);
        } else {
            if (word.statusOf() != TaskStatus.Open) revert WrongStatus(taskId, word.statusOf());
            if (count == 0) revert AlreadyPosted(taskId);
        }
        if (count != 0) word = _assign(item, taskId, word, count);
        _tasks[taskId] = word;
    }

    /// @dev See {IDecoFolds-openAndFold}.
    function openAndFold(Match calldata item) external nonReentrant returns (bytes32 taskId) {
        Request calldata request = item.request;
        Placing memory placing;
        placing.domain = _domainSeparatorV4();
        taskId = placing.domain.toTypedDataHash(request.structHash());
        if (_tasks[taskId] != 0) revert AlreadyPosted(taskId);
        placing.taskId = taskId;
        (placing.word, placing.terms) = _openSigned(request, taskId, item.signature);
        uint256 count = item.taskSeats.length + item.offerSeats.length;
        if (count == 0 || count != request.replicas) revert RosterIncomplete(count, request.replicas);
        // Its seats raise nobody's trust, so none of them is kept for the draw, whoever the allocator is.
        if (request.allocator == address(0)) revert NoAllocator();
        if (msg.sender != request.allocator) _checkAssignment(item, placing);
        (uint32[] memory roster, uint256[] memory seats) = _admitAll(item, placing, count);
        uint256 word = _filled(placing.word, count);
        _tasks[taskId] = FoldLib.wordInMemory(word, placing.terms, roster, seats);
        emit IDecoFolds.TaskFolded(taskId, word, placing.terms, roster, seats);
    }

    /// @dev See {IDecoMatching-openMany}. Each item is a call of its own to this same code, in the same storage and by the same
    /// sender, so a refusal undoes that item and nothing else.
    function openMany(Match[] calldata items) external returns (uint256 done) {
        uint256 count = items.length;
        if (count == 0 || count > MAX_MATCHES) revert TooManyMatches(count, MAX_MATCHES);
        bytes memory first;
        for (uint256 i = 0; i < count; ++i) {
            (bool succeeded, bytes memory answer) =
                SELF.delegatecall(abi.encodeCall(IDecoMatching.openAndAssign, (items[i])));
            if (succeeded) {
                ++done;
                continue;
            }
            if (first.length == 0) first = answer;
            emit IDecoMatching.MatchRefused(_hash(items[i].request), bytes4(answer));
        }
        if (done != 0) return done;
        assembly ("memory-safe") {
            revert(add(first, 0x20), mload(first))
        }
    }

    /// @return The task with its new seats.
    function _assign(Match calldata item, bytes32 taskId, uint256 word, uint256 count) private returns (uint256) {
        Request calldata request = item.request;
        Placing memory placing;
        placing.taskId = taskId;
        placing.domain = _domainSeparatorV4();
        placing.word = word;
        placing.early = _checkAllocator(request, word, count);
        if (msg.sender != request.allocator) _checkAssignment(item, placing);

        for (uint256 i = 0; i < item.taskSeats.length; ++i) {
            TaskSeat calldata seat = item.taskSeats[i];
            bytes32 offer = _consent(seat, taskId, placing.domain);
            _place(request, placing, seat.providerOf(), seat.priceOf(), offer);
        }
        for (uint256 i = 0; i < item.offerSeats.length; ++i) {
            OfferSeat calldata seat = item.offerSeats[i];
            bytes32 offer = _consent(seat, request, taskId, placing.domain);
            _place(request, placing, seat.offer.provider, seat.offer.price, offer);
        }

        return _filled(word, count);
    }

    /// @dev The task with so many seats more.
    function _filled(uint256 word, uint256 count) private view returns (uint256) {
        word += count * (TaskLib.ONE_SEAT + TaskLib.ONE_TAKEN);
        return word.takenOf() == word.wantedOf() ? word.inPhase(TaskStatus.Executing, block.timestamp) : word;
    }

    /// @dev The seats of a fold: ascending ids are distinct ones.
    function _admitAll(Match calldata item, Placing memory placing, uint256 count)
        private
        returns (uint32[] memory roster, uint256[] memory seats)
    {
        TaskSeat[] calldata taskSeats = item.taskSeats;
        roster = new uint32[](count);
        seats = new uint256[](count);
        uint256 previous;
        for (uint256 i = 0; i < count; ++i) {
            (roster[i], seats[i]) = i < taskSeats.length
                ? _admitted(item.request, placing, taskSeats[i])
                : _admitted(item.request, placing, item.offerSeats[i - taskSeats.length]);
            if (roster[i] <= previous) revert InvalidRoster(i);
            previous = roster[i];
        }
    }

    function _admitted(Request calldata request, Placing memory placing, TaskSeat calldata seat)
        private
        returns (uint32 provider, uint256 word)
    {
        _consent(seat, placing.taskId, placing.domain);
        provider = seat.providerOf();
        word = _admit(request, placing, provider, seat.priceOf());
    }

    function _admitted(Request calldata request, Placing memory placing, OfferSeat calldata seat)
        private
        returns (uint32 provider, uint256 word)
    {
        _consent(seat, request, placing.taskId, placing.domain);
        provider = seat.offer.provider;
        word = _admit(request, placing, provider, seat.offer.price);
    }

    /// @dev Whether an allocator may give so many seats now.
    /// @return movesTrust Whether governance lists it: then one seat of each round is left to the draw.
    function _checkAllocator(Request calldata request, uint256 word, uint256 count)
        private
        view
        returns (bool movesTrust)
    {
        address allocator = request.allocator;
        if (allocator == address(0)) revert NoAllocator();
        uint256 closesAt = word.openedAtOf() + request.allocatorWindow;
        if (block.timestamp >= closesAt) revert AllocatorWindowClosed(closesAt);
        movesTrust = PARAMETERS.movesTrust(allocator);
        // No seat is claimed before that window ends, so what is taken of the round was assigned.
        uint256 free = word.wantedOf() - word.takenOf();
        if (movesTrust && free != 0) --free;
        if (count > free) revert TooManySeats(count, free);
    }

    function _checkAssignment(Match calldata item, Placing memory placing) private view {
        address allocator = item.request.allocator;
        AssignedSeat[] memory seats = _seatsOf(item);
        uint256 round = placing.word.roundOf();
        if (item.assignment.length == 0) {
            bytes memory question = abi.encodeCall(IAllocator.assigns, (placing.taskId, item.request, round, seats));
            if (!Signatures.says(allocator, question, IAllocator.assigns.selector)) revert NotAssigned(allocator);
            return;
        }
        bytes32 digest = placing.domain.toTypedDataHash(MatchingLib.structHash(placing.taskId, round, seats));
        if (!Signatures.isValid(allocator, digest, item.assignment)) revert InvalidSignature(allocator);
    }

    function _seatsOf(Match calldata item) private pure returns (AssignedSeat[] memory seats) {
        uint256 short = item.taskSeats.length;
        seats = new AssignedSeat[](short + item.offerSeats.length);
        for (uint256 i = 0; i < short; ++i) {
            seats[i] = AssignedSeat(item.taskSeats[i].providerOf(), item.taskSeats[i].priceOf());
        }
        for (uint256 i = short; i < seats.length; ++i) {
            seats[i] = AssignedSeat(item.offerSeats[i - short].offer.provider, item.offerSeats[i - short].offer.price);
        }
    }

    function _place(Request calldata request, Placing memory placing, uint32 provider, uint96 price, bytes32 offer)
        private
    {
        bytes32 key = SeatLib.key(placing.taskId, provider);
        if (_seats[key] != 0) revert AlreadySeated(placing.taskId, provider);
        uint256 seat = _admit(request, placing, provider, price);
        _seats[key] = seat;
        emit IDecoMatching.SeatAssigned(
            placing.taskId,
            provider,
            uint8(SeatLib.roundOf(seat)),
            uint8(SeatLib.trustOf(seat)),
            placing.early,
            SeatLib.fractionOf(seat),
            price,
            offer
        );
    }

    /// @dev What `claim` demands and does, at an agreed price instead of the draw's moment.
    /// @return The packed seat.
    function _admit(Request calldata request, Placing memory placing, uint32 provider, uint96 price)
        private
        returns (uint256)
    {
        if (price < request.minPrice || price > request.maxPrice) {
            revert PriceOutOfRange(provider, price, request.minPrice, request.maxPrice);
        }
        _stakeBefore(provider, placing.word.postedAtOf());
        uint256 trust = _lock(provider, request.lock, request.minTrust);
        uint40 fraction = Accounting.fractionUp(request.minPrice, request.maxPrice, price);
        return SeatLib.taken(placing.word.roundOf(), trust, placing.early, fraction);
    }
}
